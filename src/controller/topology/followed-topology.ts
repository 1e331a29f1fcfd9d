import type { Clock } from '../../platform/clock.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { ObjectCache, whole } from '../../store/cache/object-cache.ts';
import { reflect } from '../../store/cache/reflector.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';

export interface FollowedTopologyOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** The network's topology as the store has it, a moment behind. */
export class FollowedTopology {
  readonly #options: FollowedTopologyOptions;
  readonly #listeners = new Set<() => void>();
  readonly #cache = new ObjectCache<Resource>(whole, {
    versionOf: ({ metadata }) => metadata.resourceVersion,
    onChange: () => {
      for (const listener of this.#listeners) listener();
    },
  });

  constructor(options: FollowedTopologyOptions) {
    this.#options = options;
  }

  /** Has it been looked for? Before that, nothing may be concluded from its absence. */
  get ready(): boolean {
    return this.#cache.isListed;
  }

  /** As it is stored, whole or not; undefined: there is none. */
  get stored(): Stored<Resource> | undefined {
    return this.#cache.get(topologyName);
  }

  /** Follows it until the signal aborts. @returns once it has been looked for; waits for as long as the store refuses */
  async follow(signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    await reflect<Resource>(store, topologyKind, this.#cache, { log, signal, pause, retryFirstList: true });
  }

  /** @returns what ends the listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
