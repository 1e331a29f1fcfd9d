import { setTimeout as pause } from 'node:timers/promises';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { EtcdTurns } from './etcd-admin.ts';
import type { Membership } from './membership.ts';
import type { StatusPoller } from './status-poller.ts';

const everyMs = 1_000;
/** A turn that its holder does not give back ends by itself. */
const turnSeconds = 60;
const backMs = 30_000;
const lookMs = 50;
const turnName = 'restart';

export interface AuthoritiesParts {
  /** PEM, those that are to be trusted now. */
  readonly trusted: () => string;
  readonly restart: () => Promise<void>;
  readonly statusPoller: StatusPoller;
  readonly membership: Pick<Membership, 'list' | 'moveLeader'>;
  readonly turns: EtcdTurns;
  readonly log: Log;
}

/**
 * etcd reads its certificate for each connection, and the authorities that it trusts only when it starts. So it is
 * restarted when they have changed: one member at a time, after it has handed leadership over, while all others run.
 */
export class CaRotation {
  readonly #parts: AuthoritiesParts;
  #taken: string;
  #hint = '';

  /** @param taken those that were there when etcd started */
  constructor(parts: AuthoritiesParts, taken: string) {
    this.#parts = parts;
    this.#taken = taken;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted || this.#parts.trusted() === this.#taken) continue;
      try {
        await this.#renew(signal);
      } catch (error) {
        if (!isIpamError(error)) throw error;
        this.#waits(error.message);
      }
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { statusPoller, membership, turns, log } = this.#parts;
    // Cut off, perhaps by those that trust the new ones only: nobody can give a turn, and nobody is hurt.
    if ((statusPoller.status?.leaderId ?? '') === '') return this.#restart(signal);
    const { members } = await membership.list();
    const away = members.filter(({ report }) => report?.state !== 'voter').map(({ member }) => member.name);
    if (away.length > 0) return this.#waits(`not all members vote and run: ${away.join(', ')}`);
    const turn = await turns.take(turnName, turnSeconds);
    if (turn === undefined) return this.#waits('another member restarts its etcd');
    try {
      await statusPoller.look();
      if (statusPoller.isLeader && members.length > 1) await membership.moveLeader('');
      await this.#restart(signal);
    } finally {
      await turn.end().catch((error: unknown) => log.debug({ err: error }, 'the turn ends by itself'));
    }
  }

  async #restart(signal: AbortSignal): Promise<void> {
    const { trusted, restart, statusPoller, log } = this.#parts;
    const now = trusted();
    log.info({}, 'the authorities in tls.caFile have changed: restarting etcd, which reads them when it starts');
    await restart();
    this.#taken = now;
    this.#hint = '';
    const deadline = Date.now() + backMs;
    do {
      await pause(lookMs, undefined, { signal }).catch(() => {});
      await statusPoller.look();
    } while (!statusPoller.status?.leaderId && Date.now() < deadline && !signal.aborted);
  }

  #waits(why: string): void {
    if (why !== this.#hint) this.#parts.log.info({ why }, 'etcd will take the new authorities of tls.caFile later');
    this.#hint = why;
  }
}
