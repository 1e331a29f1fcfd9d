import type { Clock } from '../../platform/clock.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Reflected } from '../../store/cache/reflector.ts';
import { type Connectivity, outageAdvice } from '../../store/connectivity.ts';
import type { Log } from '../../telemetry/log.ts';
import type { PositionKeeper } from '../recovery/position.ts';
import { type FollowedParts, followStore } from './follow-store.ts';
import type { LastKnownState } from './last-known-state.ts';

/** How long a start that could go by what was seen last waits for the store to show what there is, milliseconds. */
const graceMs = 2_000;

export interface StoreFollowerParts extends FollowedParts {
  readonly position: PositionKeeper;
  /** Does the shared store answer? Undefined: it is this machine's own. */
  readonly connectivity: Connectivity | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits also when the first list is refused. */
  readonly retryFirstList: boolean;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/** Follows the store from the start on, and says whether what the daemon goes by is what the store has. */
export class StoreFollower {
  readonly #parts: StoreFollowerParts;
  #reflected: readonly Reflected[] = [];
  #isCurrent = false;

  constructor(parts: StoreFollowerParts) {
    this.#parts = parts;
  }

  /** Has the store itself shown what is known of it? */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** @throws IpamError store-unavailable until the store has shown what it has, after a start without it */
  requireCurrent(): void {
    if (this.#isCurrent) return;
    const outage = this.#parts.connectivity?.outage ?? '';
    throw new IpamError(
      'store-unavailable',
      `${outage === '' ? 'the cluster' : `${outage}, and`} was not heard since this daemon started`,
      { advice: outageAdvice },
    );
  }

  /** Resolves when there is something to go by: what the store shows, or else what was seen last. @throws what the first list throws */
  async start(lastKnown: LastKnownState | undefined): Promise<void> {
    const { position, keeper } = this.#parts;
    this.#reflected = await this.#reflect(lastKnown);
    position.follow(this.#reflected);
    keeper.complete();
    this.#setCurrent(this.#reflected.every(({ isCurrent }) => isCurrent));
  }

  /** Waits until the store has shown what it has, after a start without it. @returns false when it has not before the end */
  async catchUp(): Promise<boolean> {
    const { log, signal } = this.#parts;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([Promise.all(this.#reflected.map(({ current }) => current)), stopped]);
    if (signal.aborted) return false;
    this.#setCurrent(true);
    log.info({}, 'the cluster is back; what happened meanwhile is taken over');
    return true;
  }

  /** Asks the store for something when it is unreachable, to hear when it is back. */
  async probe(): Promise<void> {
    const { store, connectivity, log } = this.#parts;
    if (connectivity?.unreachableSince === undefined) return;
    try {
      await store.get({ kind: poolKind, name: 'probe' });
    } catch (error) {
      if (!isIpamError(error)) throw error;
      log.debug({ err: error }, 'the cluster is still unreachable');
    }
  }

  /** Resolves when following has stopped. */
  async ended(): Promise<void> {
    await Promise.all(this.#reflected.map(({ ended }) => ended));
  }

  #setCurrent(isCurrent: boolean): void {
    this.#isCurrent = isCurrent;
    this.#parts.history.isStarting = !isCurrent;
  }

  #reflect(lastKnown: LastKnownState | undefined): Promise<readonly Reflected[]> {
    const { clock, history, log, signal, connectivity, retryFirstList, position } = this.#parts;
    // As soon as one call gets through, all go on.
    const pause = (ms: number, until: AbortSignal): Promise<void> =>
      history.pauseToAsk(ms, connectivity === undefined ? until : AbortSignal.any([until, connectivity.reconnected]));
    const fallback = lastKnown === undefined ? {} : { fallbackAfter: clock.pause(graceMs, signal) };
    return followStore(this.#parts, { log, signal, pause, retryFirstList, ...fallback }, lastKnown, position.load());
  }
}
