import { parseAddress } from '../../ip/address.ts';
import type { PageBits } from '../../ipam/claim/free-hints.ts';
import type { Clock } from '../../platform/clock.ts';
import { Coalesced } from '../../platform/coalesced.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { hasBit, pagePlace } from '../../resources/occupancy.ts';
import { scopeOf } from '../../resources/scope.ts';
import type { Reflected, Reflection, ReflectOptions } from '../../store/cache/reflector.ts';
import { retryFirst, retryPauses } from '../../store/cache/retry-first.ts';
import { versionOrder } from '../../store/version-order.ts';
import type { AskedClaims } from '../allocation/asked-claims.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import { quietMs, type StoreHistory } from '../recovery/store-history.ts';
import type { ClaimsFollower } from './claims-follower.ts';

export interface OwnClaimsFollowerParts {
  readonly node: string;
  /** The claims of this daemon, as they are known. */
  readonly shared: Pick<SharedClaims, 'all'>;
  readonly asked: AskedClaims;
  readonly history: StoreHistory;
  readonly clock: Clock;
}

/** Whatever happens, what the store has of this daemon's claims is looked at this often, milliseconds: hands write, too. */
const intervalMs = 10 * 60_000;
/**
 * A call without an answer may have been carried out, or be carried out yet: what it made is looked for after so long,
 * milliseconds. The second time is later than any store or network holds a call up.
 */
const uncertainMs = [10_000, 75_000] as const;
/** What pages say of this daemon's claims sends it to look at most this often, milliseconds: they may be wrong for long. */
const pageDoubtMs = 30_000;

/**
 * Keeps the claims of this daemon as the store has them, without a watch of all claims: its own writes are known from their
 * answers; what others did to them (a hand, the controller, a store that went back) is found by listing them, now and then, after
 * every interruption, and when a page says that one is gone.
 */
export class OwnClaimsFollower implements ClaimsFollower {
  readonly #parts: OwnClaimsFollowerParts;
  #wake = new AbortController();
  #isDisturbed = false;
  #isUnconfirmed = false;
  /** The store's memory has not said what it was asked for: it may have gone back. */
  #isRefused = false;
  /**
   * Until when nothing new is taken after changes were missed for good, by the clock that nobody sets: what others hold, and the store may
   * have lost, they alone know, and have secured by then.
   */
  #quietUntil = 0;
  /** When to look, by the clock that nobody sets. */
  #due: number[] = [];
  #pageDoubtAt = Number.NEGATIVE_INFINITY;
  #reached = -1n;
  #lookedAt = -intervalMs;
  readonly #lists = new Coalesced(() => this.#list());

  constructor(parts: OwnClaimsFollowerParts) {
    this.#parts = parts;
  }

  /** The store was interrupted, of whichever kind. */
  disturb(kind: string, isGap: boolean): void {
    if (kind === claimKind) return;
    this.#isDisturbed = true;
    if (isGap) this.#quietUntil = this.#parts.clock.elapsed() + quietMs;
    this.#parts.history.interrupted(claimKind);
    this.#wakeUp();
  }

  /** A call to the store about a claim was not answered. */
  uncertain(): void {
    const now = this.#parts.clock.elapsed();
    const isPlanned = this.#due.some((at) => at > now + uncertainMs[1] - uncertainMs[0]);
    if (isPlanned) return;
    this.#due.push(...uncertainMs.map((ms) => now + ms));
    this.#wakeUp();
  }

  /** A page was read: is a claim of ours gone that it knew? */
  onPage(page: string, { taken }: PageBits, asOf: string): void {
    const now = this.#parts.clock.elapsed();
    if (!/^\d+(\.\d+)?$/.test(asOf) || now - this.#pageDoubtAt < pageDoubtMs) return;
    const known = versionOrder(asOf);
    const isGone = ({ spec, metadata }: Claim): boolean => {
      const place = pagePlace(parseAddress(spec.address), scopeOf(spec.pool));
      if (place.page !== page || hasBit(taken, place.offset)) return false;
      return versionOrder(metadata.resourceVersion ?? '0') <= known;
    };
    if (!this.#parts.shared.all().some(isGone)) return;
    this.#pageDoubtAt = now;
    this.#due.push(now);
    this.#wakeUp();
  }

  /**
   * Lists them, and looks after them for as long as the signal allows.
   * @returns as `reflect`
   * @throws what the first list throws
   */
  async follow(all: Reflection<Claim>, options: ReflectOptions<Claim>): Promise<Reflected> {
    // Those of others in blocks of this daemon are in no list of its own: until the store is asked for them these count.
    all.replace(options.lastKnown ?? [], undefined);
    const current = Promise.withResolvers<void>();
    // Undefined: the store does not answer, and this daemon may start without it.
    const isCurrent =
      (await retryFirst(claimKind, (inTime) => inTime(this.#lists.run()).then(() => true), options)) ?? false;
    if (isCurrent) current.resolve();
    // A crash is a call without an answer: what it left may be on its way, and be heard of late.
    this.uncertain();
    const ended = this.#keepLooking(options, isCurrent, current.resolve);
    return { kind: claimKind, ended, isCurrent, current: current.promise, seen: () => undefined };
  }

  async #keepLooking({ log, signal, pause }: ReflectOptions, isListed: boolean, listed: () => void): Promise<void> {
    let hasListed = isListed;
    let wait: number = retryPauses.first;
    while (!signal.aborted) {
      try {
        if (hasListed) await this.#untilDue(signal);
        if (signal.aborted) return;
        await this.#look(signal);
        hasListed = true;
        listed();
        wait = retryPauses.first;
      } catch (error) {
        if (signal.aborted) return;
        this.#isDisturbed = true;
        hasListed = false;
        log.warn({ err: error, kind: claimKind, wait }, 'cannot list the claims of this node; trying again');
        await pause(wait, signal);
        wait = Math.min(wait * 2, retryPauses.longest);
      }
    }
  }

  /** A wait that is cut short is no matter: whoever cut it has said why. */
  async #untilDue(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    if (!this.#isDisturbed && !this.#isUnconfirmed) await this.#pause(this.#nextAt() - clock.elapsed(), signal);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= 0) return;
    this.#wake = new AbortController();
    await this.#parts.clock.pause(ms, AbortSignal.any([signal, this.#wake.signal]));
  }

  /** By the clock that nobody sets. */
  #nextAt(): number {
    return Math.min(this.#lookedAt + intervalMs, ...this.#due);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock, history } = this.#parts;
    const now = clock.elapsed();
    if (!this.#isDisturbed && !this.#isUnconfirmed && this.#nextAt() > now) return;
    const isConfirming = this.#isDisturbed || this.#isUnconfirmed;
    this.#isUnconfirmed = isConfirming;
    this.#isDisturbed = false;
    this.#due = this.#due.filter((at) => at > now);
    this.#lookedAt = now;
    await this.#lists.run();
    if (!isConfirming) return;
    await this.#pause(this.#quietUntil - clock.elapsed(), signal);
    if (this.#isDisturbed || signal.aborted || clock.elapsed() < this.#quietUntil) return;
    this.#isUnconfirmed = false;
    history.confirmed(claimKind);
  }

  async #list(): Promise<void> {
    const { node, asked, history } = this.#parts;
    const take = asked.listingOwn();
    const isProof = this.#isUnconfirmed || this.#isRefused;
    const list = await asked.ofDaemon(node, isProof).catch((error: unknown) => {
      take(undefined);
      // In turns: a store that looks through all may take too long, and its memory be filled meanwhile.
      this.#isRefused = !isProof;
      throw error;
    });
    this.#isRefused = false;
    const reached = versionOrder(list.version);
    if (reached < this.#reached)
      history.wentBack(claimKind, `it is at version ${list.version}, and was further when it was asked before`);
    this.#reached = reached;
    take(list);
    await asked.lookAtOthers();
  }

  #wakeUp(): void {
    this.#wake.abort();
  }
}
