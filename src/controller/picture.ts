import type { Resource, Stored } from '../resources/resource.ts';
import type { Reflection } from '../store/reflect.ts';

/** What became of one object: `before` is absent when it is new, `after` when it is gone. */
export type Seen<R extends Resource> = (before: Stored<R> | undefined, after: Stored<R> | undefined) => void;

/** Names one object within its kind. Neither a namespace nor a name holds a slash. */
export function objectName({ metadata: { namespace, name } }: Resource): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Every object of one kind by name, kept by a reflection. */
export class Picture<R extends Resource> {
  readonly #objects = new Map<string, Stored<R>>();
  readonly #seen: Seen<R>;
  #complete = false;

  /** @param seen told of every change; may not throw: the reflection of the kind would end */
  constructor(seen: Seen<R>) {
    this.#seen = seen;
  }

  /** Has the first list come? */
  get isComplete(): boolean {
    return this.#complete;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(name: string): Stored<R> | undefined {
    return this.#objects.get(name);
  }

  values(): IterableIterator<Stored<R>> {
    return this.#objects.values();
  }

  readonly reflection: Reflection<R> = {
    replace: (resources) => {
      const present = new Set(resources.map(objectName));
      for (const [name, object] of [...this.#objects]) {
        if (!present.has(name)) this.#remove(object);
      }
      for (const resource of resources) this.#put(resource);
      this.#complete = true;
    },
    put: (resource) => this.#put(resource),
    remove: (resource) => this.#remove(resource),
  };

  #put(resource: Stored<R>): void {
    const name = objectName(resource);
    const before = this.#objects.get(name);
    // Told again what is known: nobody needs to look.
    if (before?.metadata.resourceVersion === resource.metadata.resourceVersion) return;
    this.#objects.set(name, resource);
    this.#seen(before, resource);
  }

  #remove(resource: Stored<R>): void {
    const name = objectName(resource);
    const before = this.#objects.get(name);
    if (before === undefined) return;
    this.#objects.delete(name);
    this.#seen(before, undefined);
  }
}
