import { IpamError, isIpamError } from '../../resources/errors.ts';
import { collectionPath, objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { configMapType } from './types.ts';

export type RecordClient = Pick<KubernetesClient, 'get' | 'create' | 'patch'>;

interface ConfigMap {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

export interface RecordMapOptions {
  readonly client: RecordClient;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Lines under names, in a ConfigMap. A write changes the lines that it names, provided that nobody has written anything since
 * this was read: of two controllers that decide by the same lines one is refused, and reads what the other wrote.
 */
export class RecordMap {
  readonly #options: RecordMapOptions;
  /** Undefined: there is no such object yet. */
  #version: string | undefined;
  #lines: ReadonlyMap<string, string> = new Map();

  constructor(options: RecordMapOptions) {
    this.#options = options;
  }

  get lines(): ReadonlyMap<string, string> {
    return this.#lines;
  }

  async load(): Promise<void> {
    const { client, namespace, name } = this.#options;
    this.#take(await client.get<ConfigMap>(objectPath(configMapType, { namespace, name })));
  }

  /**
   * @param lines undefined: it goes
   * @throws IpamError conflict: somebody was faster, and what he wrote is read by now
   */
  async write(lines: Readonly<Record<string, string | undefined>>): Promise<void> {
    try {
      this.#take(await (this.#version === undefined ? this.#create(lines) : this.#patch(lines, this.#version)));
    } catch (error) {
      // An answer that did not come may have been carried out as well.
      await this.load();
      if (!isIpamError(error, 'already-exists') && !isIpamError(error, 'not-found')) throw error;
      throw new IpamError('conflict', error.message, { cause: error });
    }
  }

  #create(lines: Readonly<Record<string, string | undefined>>): Promise<ConfigMap> {
    const { client, namespace, name, labels } = this.#options;
    const { apiVersion, kind } = configMapType;
    const made = { apiVersion, kind, metadata: { namespace, name, labels }, data: lines };
    return client.create<ConfigMap>(collectionPath(configMapType, namespace), made);
  }

  #patch(lines: Readonly<Record<string, string | undefined>>, resourceVersion: string): Promise<ConfigMap> {
    const { client, namespace, name } = this.#options;
    const data = Object.fromEntries(Object.entries(lines).map(([key, line]) => [key, line ?? null]));
    return client.patch<ConfigMap>(objectPath(configMapType, { namespace, name }), {
      metadata: { resourceVersion },
      data,
    });
  }

  #take(object: ConfigMap | undefined): void {
    this.#version = object?.metadata.resourceVersion;
    this.#lines = new Map(Object.entries(object?.data ?? {}));
  }
}
