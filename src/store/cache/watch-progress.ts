import type { Resource, Stored } from '../../resources/resource.ts';
import { versionOrder } from '../version-order.ts';
import { ObjectCache, whole } from './object-cache.ts';
import type { Reflection } from './reflector.ts';

const unending = new AbortController().signal;

/**
 * How far the watch of one kind has come, for who must not go on before it shows what an answer of the store said.
 * Versions are compared as numbers, which every store promises.
 */
export class WatchProgress implements Reflection<Resource> {
  readonly #objects = new ObjectCache<Resource>(whole, { keyOf: ({ metadata }) => metadata.uid });
  /** Everything up to this version is shown. One write may change several objects, all to the same version. */
  #through = -1n;
  #moved = Promise.withResolvers<void>();

  /** @param version of the list; undefined: it is what was known last, and the store may know better */
  replace(resources: readonly Stored<Resource>[], version: string | undefined): void {
    this.#objects.replace(resources);
    if (version !== undefined) this.#through = versionOrder(version);
    this.#move();
  }

  put(resource: Stored<Resource>): void {
    this.#objects.put(resource);
    this.#through = versionOf(resource) - 1n;
    this.#move();
  }

  remove(resource: Stored<Resource>): void {
    this.#objects.remove(resource);
    this.#through = versionOf(resource) - 1n;
    this.#move();
  }

  /** Those that are being deleted. */
  get marked(): readonly Stored<Resource>[] {
    return [...this.#objects.values()].filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  }

  /**
   * Resolves when the watch has shown this state of the object, or a later one. A store that went back may never show it.
   * @param signal ends the wait, at the next change at the latest
   */
  async caughtUp(stored: Stored<Resource>, signal = unending): Promise<void> {
    while (!this.#has(stored) && !signal.aborted) await this.#moved.promise;
  }

  /**
   * Resolves when the watch has shown that the object is deleted, or marked: with a finalizer on it, a delete is done then,
   * and the rest is for who put the finalizer there.
   * @param present the object's state before its delete
   * @param signal ends the wait, at the next change at the latest
   */
  async waitUntilDeleted(present: Stored<Resource>, signal = unending): Promise<void> {
    await this.caughtUp(present, signal);
    const isThere = (): boolean => {
      const shown = this.#objects.get(present.metadata.uid);
      return shown !== undefined && shown.metadata.deletionTimestamp === undefined;
    };
    while (isThere() && !signal.aborted) await this.#moved.promise;
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
