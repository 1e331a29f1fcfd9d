import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonProcess } from '../kit/daemon-process.ts';
import type { Random } from '../kit/random.ts';
import type { ShiftedClock } from '../kit/shifted-clock.ts';
import type { SmallDisk } from '../kit/small-disk.ts';

export type FaultKind = 'kill' | 'hang' | 'full disk' | 'kill on a full disk' | 'clock jump' | 'socket removed';

export interface FaultsOptions {
  readonly daemon: DaemonProcess;
  readonly disk: SmallDisk;
  readonly clock: ShiftedClock;
  readonly random: Random;
}

const dayMs = 24 * 3_600_000;

/** What happens to a daemon in a bad week, one thing at a time. After each the daemon serves again. */
export class Faults {
  readonly counts: Record<FaultKind, number> = {
    kill: 0,
    hang: 0,
    'full disk': 0,
    'kill on a full disk': 0,
    'clock jump': 0,
    'socket removed': 0,
  };
  readonly #options: FaultsOptions;
  /** Kinds still to come before any comes again. */
  #next: FaultKind[] = [];

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** @throws Error when the daemon ended by itself or does not come back */
  async strike(): Promise<void> {
    const { daemon } = this.#options;
    const kind = this.#draw();
    this.counts[kind] += 1;
    await this.#bring(kind);
    if (daemon.end !== undefined) throw new Error(`ipam-daemon ended by itself (${daemon.end}) after: ${kind}`);
    await daemon.ready();
  }

  #draw(): FaultKind {
    if (this.#next.length === 0) this.#next = Object.keys(this.counts) as FaultKind[];
    const [kind = 'kill'] = this.#next.splice(this.#options.random.below(this.#next.length), 1);
    return kind;
  }

  #bring(kind: FaultKind): Promise<void> {
    switch (kind) {
      case 'kill':
        return this.#kill();
      case 'hang':
        return this.#hang();
      case 'full disk':
        return this.#fill(false);
      case 'kill on a full disk':
        return this.#fill(true);
      case 'clock jump':
        return this.#jump();
      case 'socket removed':
        return this.#removeSocket();
    }
  }

  async #kill(): Promise<void> {
    await this.#options.daemon.crash();
    await this.#options.daemon.start();
  }

  async #hang(): Promise<void> {
    const { daemon, random } = this.#options;
    daemon.signal('SIGSTOP');
    await pause(200 + random.below(2_800));
    daemon.signal('SIGCONT');
  }

  async #fill(killed: boolean): Promise<void> {
    const { daemon, disk, random } = this.#options;
    disk.fill();
    await pause(200 + random.below(1_500));
    if (killed) await daemon.crash();
    disk.free();
    if (killed) await daemon.start();
  }

  /** Some days ahead or back: more than a cool-down lasts, and more than an ADD may take. */
  async #jump(): Promise<void> {
    const { daemon, clock, random } = this.#options;
    clock.set(random.below(6 * dayMs) - 3 * dayMs);
    daemon.signal('SIGUSR2');
  }

  async #removeSocket(): Promise<void> {
    rmSync(this.#options.daemon.socket);
  }
}
