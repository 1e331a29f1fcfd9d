import { setTimeout as pause } from 'node:timers/promises';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { EtcdAdmin } from './etcd-admin.ts';
import { labelOf } from './quorum.ts';
import type { StatusPoller } from './status-poller.ts';

const everyMs = 1_000;
/** Below this an emptier file is not worth the moment in which nothing is written. */
const smallestDefragmented = 64 * 1024 * 1024;
const emptyShare = 0.5;
/** Between two attempts to make a full database smaller. */
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;
/** Share of the quota in use below which the alarm can go. */
const roomShare = 0.8;

export interface UpkeepParts {
  readonly admin: EtcdAdmin;
  readonly statusPoller: StatusPoller;
  readonly quotaBytes: number;
  readonly log: Log;
}

/** What nobody should have to do by hand: votes for those that caught up, space given back, alarms that are over. */
export class Housekeeping {
  readonly #parts: UpkeepParts;
  #nextAttempt = 0;
  #pauseMs = firstPauseMs;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.round();
      } catch (error) {
        if (!isIpamError(error)) throw error;
        this.#parts.log.debug({ err: error }, 'housekeeping of the cluster waits');
      }
    }
  }

  async round(): Promise<void> {
    const { statusPoller, admin, log } = this.#parts;
    const { status } = statusPoller;
    if (status === undefined || status.leaderId === '') return;
    await this.#defragment(status);
    if (!statusPoller.isLeader) return;
    await this.#promote();
    for (const alarm of statusPoller.alarms) {
      // A damaged member is a matter for people.
      if (alarm.kind !== 'NOSPACE' || status.dbSize >= this.#parts.quotaBytes * roomShare) continue;
      await admin.disarm(alarm);
      await statusPoller.lookForAlarms();
      log.info({ member: alarm.memberId }, 'there is room again: writes go on');
    }
  }

  /** A learner that has caught up gets its vote. */
  async #promote(): Promise<void> {
    const { admin, log } = this.#parts;
    const { members } = await admin.members();
    for (const learner of members.filter(({ isLearner, name }) => isLearner && name !== '')) {
      try {
        await admin.promote(learner.id);
        log.info({ member: labelOf(learner) }, 'the member has caught up: it votes');
      } catch (error) {
        if (!isIpamError(error)) throw error;
        log.debug({ member: labelOf(learner), err: error }, 'the member still catches up');
      }
    }
  }

  /** Each member its own file; the leader too, as its followers wait no longer than for a slow disk. */
  async #defragment({ dbSize, dbSizeInUse }: { readonly dbSize: number; readonly dbSizeInUse: number }): Promise<void> {
    const { admin, statusPoller, quotaBytes, log } = this.#parts;
    const isSparse = dbSize >= smallestDefragmented && dbSizeInUse <= dbSize * emptyShare;
    const isFull = statusPoller.alarms.length > 0 && dbSize >= quotaBytes * roomShare;
    if (!isFull) this.#pauseMs = firstPauseMs;
    if (!isSparse && !(isFull && Date.now() >= this.#nextAttempt)) return;
    // Nobody can write, and until somebody does etcd does not tell what a compaction has freed: trying finds out.
    this.#nextAttempt = Date.now() + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    await admin.defragment();
    const after = await statusPoller.look();
    log.info({ before: dbSize, after: after?.dbSize }, 'the database gave space back');
  }
}
