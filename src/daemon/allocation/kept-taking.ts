import type { Allocation } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import { type Asker, placeOfAsker } from '../../ipam/bind/asker.ts';
import { atAdd } from '../../ipam/bind/at-add.ts';
import { isApplication } from '../../ipam/bind/identity.ts';
import { takenSpec } from '../../ipam/bind/kept-claim.ts';
import { isHeldBy, isMigratedFrom, isParked } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import type { FormerContainers } from './former-containers.ts';
import type { KeptFor } from './kept-for.ts';
import type { KeptReturns } from './kept-returns.ts';
import type { LeftBehind } from './left-behind.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface KeptTakingParts {
  /** This daemon's name. */
  readonly daemon: string;
  readonly shared: SharedClaims;
  readonly history: StoreHistory;
  readonly clock: Clock;
  readonly log: Log;
  readonly keptFor: KeptFor;
  readonly formers: FormerContainers;
  readonly leftBehind: LeftBehind;
  readonly returns: KeptReturns;
}

/** How long an ADD waits for the watch to show what it has just written, milliseconds. */
const shownMs = 5_000;

/** How long an ADD waits for a former container to give back what is kept, milliseconds: well under what a CNI executable waits for us. */
const givenBackMs = 4_000;

/** A claim that was taken over, and the pool that its address counts as of. */
export interface Taken {
  readonly pool: Pool;
  readonly claim: Stored<Claim>;
  /** As it was before; absent: it was this container's already. */
  readonly former?: Claim;
}

interface Found {
  readonly taken?: Taken;
  /** What was kept, whether it could be taken or not. */
  readonly seen: readonly Stored<Claim>[];
}

/** How often what others change meanwhile is looked at anew. */
const attempts = 4;

/** Takes over what is kept for whoever asks: one write of the version of the claim that was seen, so that of two who want it one has it. */
export class KeptTaking {
  readonly #parts: KeptTakingParts;
  /** Uids of claims that calls of this daemon are about to take over: of several for one application each has its own. */
  readonly #taking = new Set<string>();

  constructor(parts: KeptTakingParts) {
    this.#parts = parts;
  }

  /**
   * Takes over what is kept for whoever asks; what a former container has still is waited for.
   * @param isAskedAgain will what is kept be looked for once more when something else is claimed (`takeInstead`)? Then a guess will do:
   *   where that lacks something, the claim is given up again, and of what is there no more nothing comes
   * @returns undefined: nothing is kept that its pools have still
   * @throws IpamError not-ready: a former container has it still; store-unavailable, storage-full
   */
  async take(want: Selection, claimant: Claimant, isAskedAgain: boolean): Promise<Taken | undefined> {
    const isGuess = isAskedAgain && claimant.identity !== undefined;
    return (await this.#take(want, claimant, isGuess ? '0' : undefined)).taken;
  }

  /**
   * As `take`.
   * @param atLeast as `keptAt` has it, of the first look
   * @param own what it has claimed just now; absent: nothing
   * @returns beside it what was there when nothing of it was to be taken
   */
  async #take(want: Selection, claimant: Claimant, atLeast: string | undefined, own?: Stored<Claim>): Promise<Found> {
    const { shared, history, clock, keptFor, formers, leftBehind } = this.#parts;
    const asker = keptFor.askerWithKept(claimant);
    if (asker === undefined) return { seen: [] };
    const until = clock.elapsed() + givenBackMs;
    const gone = new Set<string>();
    // Of one identity that has one address the other call's is it: the store says who is first.
    const isShared = asker.identity !== undefined && isApplication(asker.identity.owner);
    const isOpen = ({ metadata: { uid } }: Stored<Claim>): boolean =>
      !gone.has(uid) && !(isShared && this.#taking.has(uid));
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const seen = await shared.everybodys.keptAt(placeOfAsker(asker), attempt === 0 ? atLeast : undefined);
      leftBehind.see(asker, seen);
      const found = atAdd({
        want,
        asker,
        claims: seen.filter(isOpen),
        ...(own === undefined ? {} : { own }),
        offers: (pool, { spec }, address) => shared.offers(pool, spec, address, want.requested !== undefined),
      });
      if (found.type === 'none') return { seen };
      const { claim, pool } = found;
      if (found.type === 'held') await formers.settle(claim, gone, until);
      else if (!(await formers.end(claim, claimant.attachment))) {
        const epoch = await history.admit();
        const taken = await this.#takeOver(claim, pool, claimant, asker);
        if (taken !== undefined)
          return { taken: { pool, claim: await this.#requireStill(taken, epoch), former: claim }, seen };
        const present = await shared.look(claim);
        // Of a call whose answer was lost.
        if (present !== undefined && isHeldBy(present, attachmentKey(claimant.attachment)))
          return { taken: { pool, claim: await this.#requireStill(present, epoch) }, seen };
        if (present === undefined) gone.add(claim.metadata.uid);
      }
    }
    throw new IpamError('not-ready', 'what is kept for this Pod changes all the time', { advice: 'try again' });
  }

  /**
   * Is a claim that was just made really the first of its identity? What another node made and parked before may be on its
   * way still; it is known once this claim itself has been shown.
   * @returns what was kept all the same, taken over, or what a call of the same container claimed before it without an answer;
   *   undefined: neither is there
   * @throws IpamError as `take`, and not-ready when the watch is further behind
   */
  async takeInstead(claim: Stored<Claim>, want: Selection, claimant: Claimant): Promise<Taken | undefined> {
    const { shared, clock, keptFor } = this.#parts;
    if (claimant.identity === undefined || !keptFor.keeps(claimant.identity)) return undefined;
    if (await comesInTime(shared.untilShown(claim), shownMs, clock)) {
      const { taken, seen } = await this.#take(want, claimant, claim.metadata.resourceVersion, claim);
      return taken ?? this.#madeBefore(claim, want, claimant, seen);
    }
    const what = `nobody knows yet whether another address is kept for this Pod: the store has not shown ${claim.spec.address} for ${shownMs / 1000} s`;
    throw new IpamError('not-ready', what, { advice: 'try again' });
  }

  /**
   * Of the same pool, by the same container: if both stayed, the next ADD would take the first.
   * @param seen what was kept for it once its claim was there: all that was claimed before
   */
  async #madeBefore(
    claim: Stored<Claim>,
    want: Selection,
    claimant: Claimant,
    seen: readonly Stored<Claim>[],
  ): Promise<Taken | undefined> {
    const { shared } = this.#parts;
    const pool = want.candidates.find(({ name }) => name === claim.spec.pool);
    if (pool === undefined) return undefined;
    const isBefore = (other: Claim): boolean =>
      isHeldBy(other, attachmentKey(claimant.attachment)) && other.spec.pool === pool.name;
    for (const one of seen) {
      if (one.metadata.uid === claim.metadata.uid || !isBefore(one)) continue;
      const present = await shared.look(one);
      if (present !== undefined && isBefore(present)) return { pool, claim: present };
    }
    return undefined;
  }

  /** What is on record here and was parked by another hand, or taken back with the store's past, is taken again. */
  async takeBack({ attachment, node, pod }: Allocation, pool: Pool, claim: Stored<Claim>): Promise<boolean> {
    const { podNamespace, podName, ifname, containerId } = claim.spec;
    const isTheirs = pod?.namespace === podNamespace && pod?.name === podName && ifname === attachment.ifname;
    // Where no Pod is told of, it was this container's, or it is another's.
    const isNamed = isTheirs && (pod !== undefined || containerId === attachment.containerId);
    // The target of a migration that has failed has given it back, and the source runs on.
    const isSource = isMigratedFrom(claim, attachmentKey(attachment));
    if (!(isNamed || isSource) || !isParked(claim)) return false;
    return (
      (await this.#takeOver(claim, pool, { attachment, node }, { attachment, pod, identity: undefined })) !== undefined
    );
  }

  async #takeOver(
    claim: Stored<Claim>,
    pool: Pool,
    { attachment, node, controlledBy }: Pick<Claimant, 'attachment' | 'node' | 'controlledBy'>,
    asker: Asker,
  ): Promise<Stored<Claim> | undefined> {
    const { daemon, shared, log, leftBehind } = this.#parts;
    const { pod, identity } = asker;
    const taker = { attachment, node, daemon, pool: pool.name, pod, identity, controlledBy };
    const { uid } = claim.metadata;
    this.#taking.add(uid);
    const taken = await shared.change(claim, takenSpec(claim.spec, taker)).finally(() => this.#taking.delete(uid));
    if (taken !== undefined) leftBehind.taken(asker, claim);
    const { address, parkedAt } = claim.spec;
    if (taken !== undefined)
      log.debug({ address, attachment, parkedAt, from: claim.spec.node }, 'took over what was kept');
    return taken;
  }

  async #requireStill(claim: Stored<Claim>, epoch: number): Promise<Stored<Claim>> {
    try {
      await this.#parts.history.requireStill(epoch);
    } catch (error) {
      await this.#parts.returns.park(claim);
      throw error;
    }
    return claim;
  }
}
