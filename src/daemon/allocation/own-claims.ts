import { isParked } from '../../ipam/bind/kept-claim.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import type { PoolFence } from './pool-fence.ts';

/** Which claims this daemon has of each pool and means to keep. */
export class OwnClaims {
  readonly #daemon: string;
  readonly #fence: PoolFence | undefined;
  /** Uids by pool. */
  readonly #kept = new Map<string, Set<string>>();

  /** @param fence told when none is left of a pool, before the last is given up */
  constructor(daemon: string, fence: PoolFence | undefined) {
    this.#daemon = daemon;
    this.#fence = fence;
  }

  keep(claim: Stored<Claim>): void {
    const { pool, daemon } = claim.spec;
    const { uid } = claim.metadata;
    // What is parked is nobody's, and what another has taken over is his.
    if (daemon !== this.#daemon || isParked(claim)) {
      this.giveUp(claim);
      return;
    }
    const uids = this.#kept.get(pool);
    if (uids === undefined) this.#kept.set(pool, new Set([uid]));
    else uids.add(uid);
  }

  giveUp({ spec: { pool }, metadata: { uid } }: Stored<Claim>): void {
    const uids = this.#kept.get(pool);
    if (uids === undefined || !uids.delete(uid) || uids.size > 0) return;
    this.#kept.delete(pool);
    this.#fence?.forget(pool);
  }
}
