import type { Allocation } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import { type Asker, askerOf, mayHaveKept, placeOfAsker } from '../../ipam/bind/asker.ts';
import { atAdd } from '../../ipam/bind/at-add.ts';
import { atDel, type LeftClaim } from '../../ipam/bind/at-del.ts';
import { type Identity, isApplication, isAskedToStay, virtualMachineKind } from '../../ipam/bind/identity.ts';
import {
  identityOfClaim,
  parkedSpec,
  placeOfClaim,
  podFields,
  takenSpec,
  whyKeptLongEnough,
} from '../../ipam/bind/kept-claim.ts';
import { notGivenBack } from '../../ipam/bind/not-given-back.ts';
import { isHeldBy, isMigratedFrom, isParked } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { isNetnsGone } from '../../ipam/reclaim/leftovers.ts';
import type { RequestedAddress } from '../../ipam/requested-address.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey } from '../../resources/scope.ts';
import type { Log } from '../../telemetry/log.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import { LeftBehind } from './left-behind.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface FixedAddressesParts {
  /** This daemon's name. */
  readonly daemon: string;
  readonly shared: SharedClaims;
  readonly history: StoreHistory;
  readonly clock: Clock;
  readonly log: Log;
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Allocation | undefined;
  readonly options: Pick<DaemonOptions, 'enableStatefulSet' | 'enableKubevirtStaticIP' | 'hasNetns'>;
  /** As for a DEL. */
  readonly release: (attachment: Attachment) => Promise<unknown>;
}

/** How long an ADD waits for the watch to show what it has just written, milliseconds. */
const shownMs = 5_000;

/** How long an ADD waits for a former container to give back what is kept, milliseconds: well under what a CNI executable waits for us. */
const givenBackMs = 4_000;
/** Between two looks whether it has: at what the watch has shown, and at what the store says. */
const [viewMs, askMs] = [100, 500];
/**
 * How long its interface may outlive its DEL, milliseconds: a plugin that wires interfaces has us release the address first, and
 * removes the interface then.
 */
const unpluggedMs = 500;

/** A claim that was taken over, and the pool that its address counts as of. */
export interface Taken {
  readonly pool: Pool;
  readonly claim: Stored<Claim>;
}

interface Found {
  readonly taken?: Taken;
  /** What was kept, whether it could be taken or not. */
  readonly seen: readonly Stored<Claim>[];
}

/** How often what others change meanwhile is looked at anew. */
const attempts = 4;

/**
 * Addresses that stay with whom they are for: carries out, with claims of shared pools, what `ipam/bind` decides. A claim
 * that no container has any more is parked, and taken over by the next ADD of its identity, on whichever node: one write
 * each, of a version of the claim that was seen, so that of two who want it one has it.
 */
export class FixedAddresses {
  readonly #parts: FixedAddressesParts;
  /** Uids of claims that calls of this daemon are about to take over: of several for one application each has its own. */
  readonly #taking = new Set<string>();
  readonly #leftBehind: LeftBehind;

  constructor(parts: FixedAddressesParts) {
    this.#parts = parts;
    this.#leftBehind = new LeftBehind(parts);
  }

  /** What is asked for is kept; what a StatefulSet's Pods and virtual machines have unless that is turned off. */
  #keeps(identity: Identity | undefined): boolean {
    const { enableStatefulSet = true, enableKubevirtStaticIP = true } = this.#parts.options;
    if (identity?.owner.kind === virtualMachineKind) return enableKubevirtStaticIP;
    if (identity !== undefined && (isApplication(identity.owner) || isAskedToStay(identity.owner))) return true;
    return enableStatefulSet;
  }

  /** Does an address that is given now stay with whom it is for, beyond its container? */
  keepsFor({ identity }: Claimant): boolean {
    return identity !== undefined && identity.stay !== 'container' && this.#keeps(identity);
  }

  /** May anything be kept for whoever asks? Costs nothing; what is not, nobody need wait for. */
  mayKeepFor(claimant: Claimant): boolean {
    const asker = askerOf(claimant);
    if (asker === undefined || !this.#keeps(asker.identity)) return false;
    const { everybodys } = this.#parts.shared;
    // To ask the store for each Pod of which nothing is ever kept would cost more than its claim.
    if (everybodys.areAsked && !mayHaveKept(claimant)) return false;
    return everybodys.mayBeKeptAt(placeOfAsker(asker));
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
    const { shared, history, clock } = this.#parts;
    const asker = askerOf(claimant);
    if (asker === undefined || !this.mayKeepFor(claimant)) return { seen: [] };
    const until = clock.now() + givenBackMs;
    const gone = new Set<string>();
    // Of one identity that has one address the other call's is it: the store says who is first.
    const isShared = asker.identity !== undefined && isApplication(asker.identity.owner);
    const isOpen = ({ metadata: { uid } }: Stored<Claim>): boolean =>
      !gone.has(uid) && !(isShared && this.#taking.has(uid));
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const seen = await shared.everybodys.keptAt(placeOfAsker(asker), attempt === 0 ? atLeast : undefined);
      this.#leftBehind.see(asker, seen);
      const found = atAdd({
        want,
        asker,
        claims: seen.filter(isOpen),
        ...(own === undefined ? {} : { own }),
        offers: (pool, { spec }, address) => shared.offers(pool, spec, address, want.requested !== undefined),
      });
      if (found.type === 'none') return { seen };
      const { claim, pool } = found;
      if (found.type === 'held') await this.#settle(claim, gone, until);
      else if (!(await this.#endFormer(claim, claimant.attachment))) {
        const epoch = await history.admit();
        const taken = await this.#takeOver(claim, pool, claimant, asker);
        if (taken !== undefined) return { taken: { pool, claim: await this.#requireStill(taken, epoch) }, seen };
        const present = await shared.look(claim);
        // Of a call whose answer was lost.
        if (present !== undefined && isOf(present, claimant.attachment))
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
    const { shared, clock } = this.#parts;
    if (claimant.identity === undefined || !this.#keeps(claimant.identity)) return undefined;
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
    const isBefore = (other: Claim): boolean => isOf(other, claimant.attachment) && other.spec.pool === pool.name;
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

  /**
   * Its container is gone, or its call has failed: the claim is parked, or deleted.
   * @param recorded what its container has, or had until now, on record
   * @throws IpamError store-unavailable, storage-full
   */
  async giveBack(claim: Stored<Claim>, recorded: LeftClaim['recorded']): Promise<void> {
    const { shared } = this.#parts;
    if (isParked(claim)) return;
    if (this.#isOfAnother(claim)) return shared.release(claim);
    const place = placeOfClaim(claim);
    const keeps = place !== undefined && this.#keeps(identityOfClaim(claim));
    const claims = keeps && recorded.length === 0 ? await shared.everybodys.keptAt(place) : [];
    if (keeps && atDel({ claim, recorded, claims }) === 'park') await this.park(claim);
    else await shared.release(claim);
  }

  /** Was it carried out so late that the lessee of its block has given the address to somebody else? Then it was told to nobody. */
  #isOfAnother({ spec }: Stored<Claim>): boolean {
    const holder = this.#parts.holderOf(addressKey(spec));
    if (holder === undefined || attachmentKey(holder.attachment) === attachmentKey(spec)) return false;
    return holder.addresses.some(({ address, block }) => block !== undefined && address === spec.address);
  }

  /** @throws IpamError store-unavailable, storage-full; then it may be parked or not */
  async park(claim: Stored<Claim>): Promise<void> {
    const { shared, clock } = this.#parts;
    let present: Stored<Claim> | undefined = claim;
    for (let attempt = 0; attempt < attempts && present !== undefined; attempt += 1) {
      if ((await shared.change(present, parkedSpec(present.spec, clock.now()))) !== undefined) return;
      present = await shared.look(present);
      // Somebody has taken it over, or parked it.
      if (present !== undefined && !isOf(present, claim.spec)) return;
    }
  }

  /** After an ADD is on record: what was kept for it, and its pools of now do not have, is let go. What cannot be is left parked. */
  async leaveBehind(claimant: Claimant, requested: readonly RequestedAddress[]): Promise<void> {
    const asker = askerOf(claimant);
    if (asker !== undefined && this.mayKeepFor(claimant)) await this.#leftBehind.letGo(asker, requested);
  }

  /**
   * Lets go what a caller asked to stay for a time that is over. Every daemon tries; whoever is first does it.
   * @param isTold is it this daemon's to look after?
   * @returns the addresses @throws IpamError store-unavailable, storage-full
   */
  async freeOver(isTold: (identity: Identity) => boolean): Promise<readonly string[]> {
    const { shared, clock, log } = this.#parts;
    const freed: string[] = [];
    for (const claim of shared.parked()) {
      const why = whyKeptLongEnough(claim, clock.now());
      const identity = why === undefined ? undefined : identityOfClaim(claim);
      if (identity === undefined || !isTold(identity)) continue;
      const { address } = claim.spec;
      try {
        await shared.release(claim);
      } catch (error) {
        // Of another node's, which an agent may not write: a member does.
        if (!isIpamError(error, 'permission-denied')) throw error;
        continue;
      }
      log.info({ address, identity }, `freed ${address}: ${why}`);
      freed.push(address);
    }
    return freed;
  }

  async #takeOver(
    claim: Stored<Claim>,
    pool: Pool,
    { attachment, node, controlledBy }: Pick<Claimant, 'attachment' | 'node' | 'controlledBy'>,
    asker: Asker,
  ): Promise<Stored<Claim> | undefined> {
    const { daemon, shared, log } = this.#parts;
    const { pod, identity } = asker;
    const taker = { attachment, node, daemon, pool: pool.name, pod, identity, controlledBy };
    const { uid } = claim.metadata;
    this.#taking.add(uid);
    const taken = await shared.change(claim, takenSpec(claim.spec, taker)).finally(() => this.#taking.delete(uid));
    if (taken !== undefined) this.#leftBehind.taken(asker, claim);
    const { address, parkedAt } = claim.spec;
    if (taken !== undefined)
      log.debug({ address, attachment, parkedAt, from: claim.spec.node }, 'took over what was kept');
    return taken;
  }

  async #requireStill(claim: Stored<Claim>, epoch: number): Promise<Stored<Claim>> {
    try {
      await this.#parts.history.requireStill(epoch);
    } catch (error) {
      await this.park(claim);
      throw error;
    }
    return claim;
  }

  /**
   * Of a virtual machine that has moved away and comes back, a container of before may be on this node's record still.
   * @returns whether it was, and is not any more @throws IpamError not-ready: it may have the address
   */
  async #endFormer(claim: Stored<Claim>, attachment: Attachment): Promise<boolean> {
    const former = this.#parts.holderOf(addressKey(claim.spec));
    if (former === undefined || attachmentKey(former.attachment) === attachmentKey(attachment)) return false;
    const { node, pod } = former;
    const { containerId } = former.attachment;
    if (!this.#isLeft(former))
      throw notGivenBack({ ...claim, spec: { ...claim.spec, node, containerId, ...podFields(pod) } });
    await this.#parts.release(former.attachment);
    return true;
  }

  #isLeft({ netns }: Allocation): boolean {
    const { hasNetns } = this.#parts.options;
    return hasNetns !== undefined && isNetnsGone(netns, hasNetns) === true;
  }

  /**
   * By what was seen last, another container has it. Asks the store, ends what a container of this node left that is
   * gone without a DEL, and waits for the DEL of any other. Returns when there is something new to look at.
   * @param until milliseconds since 1970
   * @throws IpamError not-ready: it has it still; store-unavailable
   */
  async #settle(claim: Stored<Claim>, gone: Set<string>, until: number): Promise<void> {
    const { shared, release } = this.#parts;
    const present = await shared.look(claim);
    if (present === undefined) {
      gone.add(claim.metadata.uid);
      return;
    }
    if (present.metadata.resourceVersion !== claim.metadata.resourceVersion) return;
    const left = this.#leftHere(claim) ?? (await this.#untilGivenBack(claim, until));
    if (left !== undefined) await release(left);
  }

  /** A container of this node that has it on record and is gone, as its network namespace is. */
  #leftHere(claim: Stored<Claim>): Attachment | undefined {
    const holder = this.#parts.holderOf(addressKey(claim.spec));
    if (holder === undefined || !isOf(claim, holder.attachment)) return undefined;
    return this.#isLeft(holder) ? holder.attachment : undefined;
  }

  /**
   * A Pod that is made anew asks while kubelet still ends the former one: refused, it would come again after ten seconds and more.
   * @returns who has gone without a DEL meanwhile; undefined: the claim has changed
   */
  async #untilGivenBack(claim: Stored<Claim>, until: number): Promise<Attachment | undefined> {
    const { shared, clock } = this.#parts;
    const { signal } = new AbortController();
    while (clock.now() < until) {
      await clock.pause(shared.everybodys.areAsked ? askMs : viewMs, signal);
      const left = this.#leftHere(claim);
      if (left !== undefined) return left;
      const present = await shared.everybodys.now(claim.spec);
      if (present?.metadata.resourceVersion === claim.metadata.resourceVersion) continue;
      await clock.pause(unpluggedMs, signal);
      return undefined;
    }
    throw notGivenBack(claim);
  }
}

function isOf(claim: Claim, attachment: Attachment): boolean {
  return isHeldBy(claim, attachmentKey(attachment));
}
