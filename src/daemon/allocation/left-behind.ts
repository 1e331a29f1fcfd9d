import { type Asker, placeOfAsker } from '../../ipam/bind/asker.ts';
import { movedFrom } from '../../ipam/bind/at-add.ts';
import type { RequestedAddress } from '../../ipam/requested-address.ts';
import type { Claim } from '../../resources/claim.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface LeftBehindParts {
  readonly shared: Pick<SharedClaims, 'everybodys' | 'release'>;
  readonly log: Log;
}

/** More than a node has calls under way at once; what those beyond leave, the controller lets go. */
const mostPlaces = 1_000;

/**
 * What is kept for those whose ADD is under way, and not taken by it, because their pools of now do not have it. Where each question
 * costs the store a call, it is asked for at the end of an ADD only if its own questions have shown some.
 */
export class LeftBehind {
  readonly #parts: LeftBehindParts;
  /** Uids of claims that were shown parked, by place. */
  readonly #seen = new Map<string, Set<string>>();

  constructor(parts: LeftBehindParts) {
    this.#parts = parts;
  }

  /** @param claims what is kept for whoever asks, as an ADD has just been told */
  see(asker: Asker, claims: readonly Stored<Claim>[]): void {
    const place = placeOfAsker(asker);
    const uids = this.#seen.get(place) ?? new Set();
    for (const { metadata } of movedFrom(asker, claims, [])) uids.add(metadata.uid);
    if (uids.size > 0) this.#seen.set(place, uids);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > mostPlaces && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** It was taken over. */
  taken(asker: Asker, { metadata: { uid } }: Stored<Claim>): void {
    this.#seen.get(placeOfAsker(asker))?.delete(uid);
  }

  /** An ADD is on record. What it left is let go, as it is now; what cannot be is left parked. */
  async letGo(asker: Asker, requested: readonly RequestedAddress[]): Promise<void> {
    const { shared, log } = this.#parts;
    const place = placeOfAsker(asker);
    const left = this.#seen.get(place)?.size ?? 0;
    this.#seen.delete(place);
    if (left === 0 && shared.everybodys.areAsked) return;
    for (const claim of movedFrom(asker, await this.#keptOrNone(asker), requested)) {
      const { address, pool } = claim.spec;
      try {
        if (!(await shared.release(claim))) continue;
        log.info(
          { address, pool, pod: asker.pod },
          'an address that was kept for a Pod is let go: its pools of now do not have it',
        );
      } catch (error) {
        log.warn({ err: error, address, pool }, 'could not let go what a Pod has moved from; the controller will');
      }
    }
  }

  /** What the store does not tell now is left parked: the controller looks after it. */
  async #keptOrNone(asker: Asker): Promise<readonly Stored<Claim>[]> {
    const { shared, log } = this.#parts;
    try {
      return await shared.everybodys.keptAt(placeOfAsker(asker));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      log.warn({ err: error, pod: asker.pod }, 'could not look for what a Pod has moved from; the controller will');
      return [];
    }
  }
}
