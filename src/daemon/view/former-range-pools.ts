import type { PoolResource } from '../../resources/pool.ts';
import { rangesOwner } from '../../resources/ranges-owner.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Reflection } from '../../store/cache/reflector.ts';

/**
 * The pools that this node's daemon made of ranges, as they were seen last. A store that went back may have forgotten such a
 * pool, and containers have addresses of it: it has to be made again, before what they have can be claimed again.
 */
export class FormerRangePools implements Reflection<PoolResource> {
  readonly #node: string;
  readonly #seen = new Map<string, Stored<PoolResource>>();

  /** @param remembered what was seen before the start */
  constructor(node: string, remembered: readonly Stored<PoolResource>[]) {
    this.#node = node;
    this.replace(remembered);
  }

  /** What a list lacks stays. */
  replace(resources: readonly Stored<PoolResource>[]): void {
    for (const resource of resources) this.put(resource);
  }

  put(resource: Stored<PoolResource>): void {
    if (rangesOwner(resource)?.node === this.#node) this.#seen.set(resource.metadata.name, resource);
  }

  remove(resource: Stored<PoolResource>): void {
    this.#seen.delete(resource.metadata.name);
  }

  get(name: string): Stored<PoolResource> | undefined {
    return this.#seen.get(name);
  }

  all(): readonly Stored<PoolResource>[] {
    return [...this.#seen.values()];
  }

  keepOnly(isWanted: (name: string) => boolean): void {
    for (const name of [...this.#seen.keys()]) if (!isWanted(name)) this.#seen.delete(name);
  }
}
