import type { Allocation, CoolingAddress } from '../../ipam/allocation.ts';
import type { HistoryTime } from '../../ipam/history/recorder.ts';
import { addressKey } from '../../resources/scope.ts';
import { isStill, type Journal, type JournalChange, type JournalContents, recordAddress } from './journal.ts';
import { MemoryHistory } from './memory-history.ts';

/** The journal in memory, for tests and simulation; it outlives the daemon that uses it. */
export class MemoryJournal implements Journal {
  readonly begun: number;
  readonly history: MemoryHistory;
  boot: string | undefined;
  readonly #allocations = new Map<string, Allocation>();
  readonly #coolingDown = new Map<string, CoolingAddress>();
  /** When set, the next commits fail with it, and change nothing. */
  failure: Error | undefined;

  constructor(time: HistoryTime = { now: () => 0, elapsed: () => 0 }, begun = 0) {
    this.begun = begun;
    this.history = new MemoryHistory(time);
  }

  load(): JournalContents {
    return {
      allocations: [...this.#allocations.values()],
      coolingDown: [...this.#coolingDown.values()].sort((a, b) => a.until - b.until),
    };
  }

  recorded(): Iterable<Allocation> {
    return [...this.#allocations.values()];
  }

  async commit(changes: readonly JournalChange[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const change of changes) {
      if (change.type === 'hold')
        this.#allocations.set(addressKey(recordAddress(change.allocation)), change.allocation);
      else if (change.type === 'drop') this.#allocations.delete(addressKey(recordAddress(change.allocation)));
      else if (change.type === 'boot') this.boot = change.id;
      else if (change.type === 'cooldown') this.#coolingDown.set(addressKey(change.coolingDown), change.coolingDown);
      else if (change.type === 'wake') this.#coolingDown.delete(addressKey(change));
    }
    this.history.write(changes.filter((change) => this.#isSo(change)));
  }

  #isSo(change: JournalChange): boolean {
    if (change.type !== 'say-again') return true;
    const { allocation } = change;
    return isStill(this.#allocations.get(addressKey(recordAddress(allocation))), allocation);
  }

  trouble(): string {
    return this.failure?.message ?? '';
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {}
}
