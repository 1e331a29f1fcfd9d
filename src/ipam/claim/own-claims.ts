import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';

/** Which claims this daemon has of each pool and means to keep. */
export class OwnClaims {
  readonly #onNone: (pool: string) => void;
  /** Uids by pool. */
  readonly #kept = new Map<string, Set<string>>();

  /** @param onNone told when none is left of a pool, before the last is given up */
  constructor(onNone: (pool: string) => void) {
    this.#onNone = onNone;
  }

  keep({ spec: { pool }, metadata: { uid } }: Stored<Claim>): void {
    const uids = this.#kept.get(pool);
    if (uids === undefined) this.#kept.set(pool, new Set([uid]));
    else uids.add(uid);
  }

  giveUp({ spec: { pool }, metadata: { uid } }: Stored<Claim>): void {
    const uids = this.#kept.get(pool);
    if (uids === undefined || !uids.delete(uid) || uids.size > 0) return;
    this.#kept.delete(pool);
    this.#onNone(pool);
  }
}
