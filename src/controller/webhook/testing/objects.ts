import { IpamError } from '../../../resources/errors.ts';

interface ApiObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
}

/** As much of an API server as the webhook asks for beside its store: objects by path, with versions. */
export class Objects {
  readonly #objects = new Map<string, ApiObject>();
  #version = 0;
  /** Runs before each write; tests let somebody else write there. */
  beforeWrite: () => Promise<void> = async () => {};

  async get<T>(path: string): Promise<T | undefined> {
    return structuredClone(this.#objects.get(path)) as T | undefined;
  }

  async create<T>(collection: string, object: unknown): Promise<T> {
    await this.#interrupted();
    const path = `${collection}/${(object as ApiObject).metadata.name}`;
    if (this.#objects.has(path)) throw new IpamError('already-exists', `${path} exists`);
    return this.put(path, object as ApiObject & Record<string, unknown>) as T;
  }

  async replace<T>(path: string, object: unknown): Promise<T> {
    await this.#interrupted();
    const present = this.#objects.get(path);
    if (present === undefined) throw new IpamError('not-found', `no ${path}`);
    const { metadata } = object as ApiObject;
    if (metadata.resourceVersion !== present.metadata.resourceVersion)
      throw new IpamError('conflict', `${path} changed`);
    return this.put(path, object as ApiObject & Record<string, unknown>) as T;
  }

  put(path: string, object: ApiObject & Readonly<Record<string, unknown>>): ApiObject {
    this.#version += 1;
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#objects.set(path, structuredClone(next));
    return next;
  }

  async #interrupted(): Promise<void> {
    const once = this.beforeWrite;
    this.beforeWrite = async () => {};
    await once();
  }
}
