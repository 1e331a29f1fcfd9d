import type { Clock } from '../platform/clock.ts';
import { topologyKind, topologyName } from '../resources/network-topology.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Log } from '../telemetry/log.ts';
import { ObjectCache, whole } from './cache/object-cache.ts';
import { type Reflected, reflect } from './cache/reflector.ts';
import type { Store } from './store.ts';

export interface FollowedTopologyOptions {
  readonly store: Store;
  readonly clock: Pick<Clock, 'pause'>;
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
  follow(signal: AbortSignal): Promise<Reflected> {
    const { store, clock, log } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    return reflect<Resource>(store, topologyKind, this.#cache, { log, signal, pause, retryFirstList: true });
  }

  /** @returns what ends the listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
