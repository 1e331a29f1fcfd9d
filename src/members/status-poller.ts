import { setTimeout as pause } from 'node:timers/promises';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Alarm, EtcdAdmin, EtcdStatus } from './etcd-admin.ts';

const everyMs = 500;
/** Alarms change rarely, and asking for them needs a majority. */
const alarmsEvery = 10;

/** What the etcd of this machine said last. */
export class StatusPoller {
  readonly #admin: EtcdAdmin;
  readonly #log: Log;
  #status: EtcdStatus | undefined;
  #alarms: readonly Alarm[] = [];

  constructor(admin: EtcdAdmin, log: Log) {
    this.#admin = admin;
    this.#log = log;
  }

  /** Undefined while etcd does not answer. */
  get status(): EtcdStatus | undefined {
    return this.#status;
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  get isLeader(): boolean {
    return this.#status !== undefined && this.#status.leaderId === this.#status.memberId;
  }

  /** Looks until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round++) {
      await this.look();
      if (round % alarmsEvery === 0 && this.#status?.leaderId) await this.lookForAlarms();
      await pause(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  async look(): Promise<EtcdStatus | undefined> {
    const before = this.#status;
    try {
      this.#status = await this.#admin.status();
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#log.debug({ err: error }, 'etcd does not answer');
      this.#status = undefined;
    }
    this.#tell(before, this.#status);
    return this.#status;
  }

  async lookForAlarms(): Promise<void> {
    try {
      this.#alarms = await this.#admin.alarms();
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#log.debug({ err: error }, 'the alarms are not known');
    }
  }

  #tell(before: EtcdStatus | undefined, now: EtcdStatus | undefined): void {
    const leader = now?.leaderId ?? '';
    if (leader === (before?.leaderId ?? '')) return;
    if (leader === '')
      this.#log.warn({ term: before?.term }, 'no leader: the cluster has no majority, as seen from here');
    else this.#log.info({ leader, term: now?.term, own: leader === now?.memberId }, 'the cluster has a leader');
  }
}
