import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../telemetry/log.ts';

/** Where something of this daemon is kept on its own disk. */
export interface Disk {
  /** Why nothing can be kept there now; empty: it can, by the last commit and a look. */
  trouble(): string;
  /** Commits next to nothing, to learn whether anything could be kept. Never rejects. */
  probe(): Promise<void>;
}

/** While nothing is known against a disk that may have nothing to do. */
const idleMs = 10_000;
/** After a failure, each look twice as late as the one before it, from and to. */
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

/** Does the disk keep what it is told to? Without a commit now and then nobody would know. */
export class DiskHealth {
  readonly #disks: readonly Disk[];
  readonly #clock: Clock;
  readonly #log: Log;
  #lookAgainMs = idleMs;
  #lookedAt: number;
  #reported = '';

  constructor(disks: readonly Disk[], clock: Clock, log: Log) {
    this.#disks = disks;
    this.#clock = clock;
    this.#log = log;
    this.#lookedAt = clock.now();
  }

  /** Why an ADD would fail, or what it did be lost; empty: neither is known. */
  trouble(): string {
    return this.#disks.map((disk) => disk.trouble()).find((reason) => reason !== '') ?? '';
  }

  /** Looks if it is time to. */
  async round(): Promise<void> {
    const wasWell = this.#reported === '';
    this.#report();
    if (wasWell && this.#reported !== '') this.#lookAgainMs = firstRetryMs;
    // Somebody may have set the clock.
    if (Math.abs(this.#clock.now() - this.#lookedAt) < this.#lookAgainMs) return;
    this.#lookedAt = this.#clock.now();
    for (const disk of this.#disks) await disk.probe();
    this.#report();
    this.#lookAgainMs = this.#reported === '' ? idleMs : Math.min(lastRetryMs, this.#lookAgainMs * 2);
  }

  #report(): void {
    const trouble = this.trouble();
    if (trouble === this.#reported) return;
    if (trouble !== '') this.#log.error({ reason: trouble }, 'nothing can be kept on the disk; ADD and DEL fail');
    else this.#log.info({}, 'the disk keeps what it is told again');
    this.#reported = trouble;
  }
}
