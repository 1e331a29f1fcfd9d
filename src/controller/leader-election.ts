import type { Clock } from '../platform/clock.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Lease, LeaseRecords } from './lease-records.ts';

export interface ElectionTimes {
  /** How long others wait for a leader that is silent, milliseconds; 15 s. */
  readonly leaseMs: number;
  /** How long a leader goes on without having renewed, milliseconds, less than `leaseMs`; 10 s. */
  readonly renewMs: number;
  /** Between two attempts, milliseconds, less than `renewMs`; 2 s. */
  readonly retryMs: number;
}

export interface LeaderElectionOptions extends ElectionTimes {
  readonly lease: LeaseRecords;
  /** No two candidates may share one. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange?: (isLeader: boolean) => void;
}

/**
 * One leader among candidates, by a Lease. Clocks of different machines are never compared: a candidate counts from
 * when it saw the lease change. A leader that cannot renew ends its term before any other may begin one; what it had
 * under way then may still arrive, so every write of a leader names the version that it saw.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  #lease: Lease | undefined;
  /** Version of the lease last seen, and when it was first seen. */
  #seen = { version: '', at: 0 };
  #leading = false;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  get isLeader(): boolean {
    return this.#leading;
  }

  /**
   * Stands for election until the signal aborts; then ends its term and lets go of the lease.
   * @param lead one term: ends when its signal aborts
   */
  async run(lead: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, log, identity, retryMs } = this.#options;
    while (!signal.aborted) {
      const begun = clock.elapsed();
      if (!(await this.#attempt(signal))) {
        await clock.pause(retryMs, signal);
        continue;
      }
      log.info({ identity }, 'leading');
      await this.#term(lead, begun, signal);
      log.info({ identity }, 'no longer leading');
      // Others first.
      await clock.pause(retryMs, signal);
    }
  }

  async #term(lead: (term: AbortSignal) => Promise<void>, begun: number, signal: AbortSignal): Promise<void> {
    const { onChange, log } = this.#options;
    const term = new AbortController();
    this.#leading = true;
    onChange?.(true);
    const led = lead(term.signal).catch((error: unknown) => log.error({ err: error }, 'a term ended with an error'));
    try {
      // A term that ends by itself is over: somebody else may do better.
      const ended = led.then(() => term.abort());
      await Promise.race([this.#renew(begun, AbortSignal.any([signal, term.signal])), ended]);
    } finally {
      term.abort();
      // Now, and not when what is under way has ended: others may lead meanwhile.
      this.#leading = false;
      onChange?.(false);
      await led;
    }
    await this.#releaseLease();
  }

  /** Resolves when the term is over: the signal aborted, or the lease could not be renewed in time. */
  async #renew(begun: number, signal: AbortSignal): Promise<void> {
    const { clock, renewMs, retryMs, log } = this.#options;
    let renewed = begun;
    while (!signal.aborted) {
      await clock.pause(retryMs, signal);
      if (signal.aborted) return;
      const now = clock.elapsed();
      const left = renewed + renewMs - now;
      if (left > 0 && (await this.#inTime(left, (until) => this.#attempt(until), signal))) renewed = now;
      else if (clock.elapsed() - renewed >= renewMs) {
        log.warn({ renewMs }, 'could not renew the lease in time');
        return;
      } else if (this.#heldByOther()) return;
    }
  }

  /** An attempt that hangs must not make a leader outstay its lease. */
  async #inTime(ms: number, act: (until: AbortSignal) => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
    const end = new AbortController();
    const until = AbortSignal.any([signal, end.signal]);
    const late = this.#options.clock.pause(ms, until).then(() => false);
    try {
      return await Promise.race([act(until), late]);
    } finally {
      end.abort();
    }
  }

  /** Takes the lease, or renews it. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { lease: records, identity, leaseMs, log } = this.#options;
    try {
      const present = await records.get(signal);
      this.#see(present);
      if (present === undefined) {
        this.#see(await records.create(this.#spec(undefined), signal));
        return true;
      }
      if (this.#isTaken(present)) return false;
      this.#see(await records.replace({ ...present, spec: this.#spec(present.spec) }, signal));
      return true;
    } catch (error) {
      // Another candidate was faster.
      const isLost = isIpamError(error, 'conflict') || isIpamError(error, 'already-exists');
      if (!isLost && !signal.aborted) log.warn({ err: error, identity, leaseMs }, 'could not take or renew the lease');
      return false;
    }
  }

  #isTaken({ spec }: Lease): boolean {
    const { clock, identity, leaseMs } = this.#options;
    const holder = spec.holderIdentity ?? '';
    if (holder === '' || holder === identity) return false;
    const duration = Math.max(leaseMs, (spec.leaseDurationSeconds ?? 0) * 1000);
    return clock.elapsed() < this.#seen.at + duration;
  }

  #heldByOther(): boolean {
    const holder = this.#lease?.spec.holderIdentity ?? '';
    return holder !== '' && holder !== this.#options.identity;
  }

  #see(lease: Lease | undefined): void {
    this.#lease = lease;
    const version = lease?.metadata.resourceVersion ?? '';
    if (version !== this.#seen.version) this.#seen = { version, at: this.#options.clock.elapsed() };
  }

  #spec(former: Lease['spec'] | undefined): Lease['spec'] {
    const { clock, identity, leaseMs } = this.#options;
    const isOwn = former?.holderIdentity === identity;
    const time = microTime(clock.now());
    const transitions = former?.leaseTransitions ?? 0;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseMs / 1000),
      acquireTime: isOwn ? (former?.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: former === undefined || isOwn ? transitions : transitions + 1,
    };
  }

  /** So that the next leader need not wait for a silence. */
  async #releaseLease(): Promise<void> {
    const { lease: records, identity, clock, retryMs, log } = this.#options;
    const never = new AbortController().signal;
    const act = async (until: AbortSignal): Promise<boolean> => {
      for (let lease = this.#lease; lease?.spec.holderIdentity === identity; lease = await records.get(until)) {
        const renewTime = microTime(clock.now());
        const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime };
        try {
          this.#see(await records.replace({ ...lease, spec }, until));
          return true;
        } catch (error) {
          // The last renewal was given up with the term, and may have been carried out all the same.
          if (!isIpamError(error, 'conflict')) throw error;
        }
      }
      return true;
    };
    await this.#inTime(retryMs, act, never).catch((error: unknown) => {
      log.warn({ err: error }, 'could not let go of the lease');
    });
  }
}

/** Kubernetes' MicroTime. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
