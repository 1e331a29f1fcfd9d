import type { Resource, Stored } from '../../resources/resource.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import { versionOrder } from '../../store/version-order.ts';

/**
 * How far the picture of one kind has come, for who must not go on before it shows what an answer of the store
 * said. Versions are compared as numbers, which every store promises.
 */
export class Shown implements Reflection<Resource> {
  readonly #objects = new Map<string, Stored<Resource>>();
  /** Everything up to this version is shown. One write may change several objects, all to the same version. */
  #through = -1n;
  #moved = Promise.withResolvers<void>();

  /** @param version of the list; undefined: it is what was remembered, and the store may know better */
  replace(resources: readonly Stored<Resource>[], version: string | undefined): void {
    this.#objects.clear();
    for (const resource of resources) this.#objects.set(resource.metadata.uid, resource);
    if (version !== undefined) this.#through = versionOrder(version);
    this.#move();
  }

  put(resource: Stored<Resource>): void {
    this.#objects.set(resource.metadata.uid, resource);
    this.#through = versionOf(resource) - 1n;
    this.#move();
  }

  remove(resource: Stored<Resource>): void {
    this.#objects.delete(resource.metadata.uid);
    this.#through = versionOf(resource) - 1n;
    this.#move();
  }

  /** Those that are being deleted. */
  get marked(): readonly Stored<Resource>[] {
    return [...this.#objects.values()].filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  }

  /** Resolves when the picture is of this state of the object, or of a later one. */
  async reached(stored: Stored<Resource>): Promise<void> {
    while (!this.#has(stored)) await this.#moved.promise;
  }

  /**
   * Resolves when the picture has the object no more, or has it marked: with a finalizer on it, a delete is done
   * then, and the rest is for who put the finalizer there.
   * @param present the object's state before its delete
   */
  async gone(present: Stored<Resource>): Promise<void> {
    await this.reached(present);
    const isThere = (): boolean => {
      const shown = this.#objects.get(present.metadata.uid);
      return shown !== undefined && shown.metadata.deletionTimestamp === undefined;
    };
    while (isThere()) await this.#moved.promise;
  }

  #has(stored: Stored<Resource>): boolean {
    const wanted = versionOf(stored);
    const shown = this.#objects.get(stored.metadata.uid);
    return this.#through >= wanted || (shown !== undefined && versionOf(shown) >= wanted);
  }

  #move(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers<void>();
  }
}

function versionOf({ metadata }: Stored<Resource>): bigint {
  return versionOrder(metadata.resourceVersion);
}
