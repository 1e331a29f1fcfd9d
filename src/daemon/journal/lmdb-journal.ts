import type { Allocation, CoolingAddress } from '../../ipam/allocation.ts';
import type { RecorderState } from '../../ipam/history/recorder.ts';
import { sinceBoot } from '../../platform/since-boot.ts';
import { IpamError } from '../../resources/errors.ts';
import { GroupCommit } from '../../store/embedded/group-commit.ts';
import { encodeRecord } from '../../store/embedded/record.ts';
import { Records } from '../../store/embedded/records.ts';
import { damaged } from '../../store/embedded/storage-error.ts';
import { isStill, type Journal, type JournalChange, type JournalContents, recordAddress } from './journal.ts';
import {
  begunKey,
  belongsInJournal,
  bootKey,
  clockKey,
  cooldownPrefix,
  entryPrefix,
  holdPrefix,
  journalKey,
  segmentPrefix,
} from './journal-key.ts';
import { allocationRecord, recordedAllocation } from './journal-record.ts';
import { LmdbHistory } from './lmdb-history.ts';

/** The journal on an LMDB environment of its own. */
export class LmdbJournal implements Journal {
  readonly begun: number;
  readonly history: LmdbHistory;
  readonly #directory: string;
  readonly #records: Records;
  readonly #commits: GroupCommit;

  /** @throws IpamError storage-damaged, storage-full, store-unavailable */
  constructor(directory: string, now: () => number = Date.now, elapsed: () => number = sinceBoot(now)) {
    this.#directory = directory;
    this.#records = new Records(directory, belongsInJournal);
    this.begun = this.#begin(now);
    this.history = new LmdbHistory(this.#records, { now, elapsed });
    this.#commits = new GroupCommit(this.#records, () => this.history.flush());
  }

  get boot(): string | undefined {
    return this.#records.read<string>(bootKey);
  }

  load(): JournalContents {
    this.#records.refresh();
    const allocations: Allocation[] = [];
    const coolingDown: CoolingAddress[] = [];
    for (const { key, value } of this.#records.all()) {
      if (key.startsWith(holdPrefix)) allocations.push(this.#allocation(String(value)));
      else if (key.startsWith(cooldownPrefix)) coolingDown.push(value as CoolingAddress);
      else if (!isOfOthers(key)) throw damaged(this.#directory, `nothing of ours is named "${key}"`);
    }
    return { allocations, coolingDown: coolingDown.sort((a, b) => a.until - b.until) };
  }

  trouble(): string {
    return this.#commits.trouble();
  }

  probe(): Promise<void> {
    return this.#commits.probe();
  }

  *recorded(): Generator<Allocation> {
    this.#records.refresh();
    for (const { value } of this.#records.range(holdPrefix, `${holdPrefix}\uffff`))
      yield this.#allocation(String(value));
  }

  async commit(changes: readonly JournalChange[]): Promise<void> {
    // All records are made before the first is written: one that cannot be made refuses the whole call.
    const writes = changes.flatMap((change) => this.#writeOf(change) ?? []);
    const { history } = this;
    let before: RecorderState | undefined;
    let cuts: ReturnType<LmdbHistory['cutsOf']> = [];
    let said: readonly JournalChange[] = changes;
    try {
      await this.#commits.run(() => {
        // To look may fail, and refuses this call alone: others of the transaction go on, and keep the numbers of their entries.
        said = changes.filter((change) => this.#isSo(change));
        cuts = history.cutsOf(said);
        before = history.state;
        for (const { key, record } of writes) this.#records.putEncoded(key, record);
        history.write(said, cuts);
      });
    } catch (error) {
      if (before !== undefined) history.undo(before);
      throw error;
    }
    history.wrote(said, cuts);
  }

  async close(): Promise<void> {
    this.#commits.close();
    await this.#records.close();
  }

  /** Inside a transaction. @throws IpamError storage-damaged */
  #isSo(change: JournalChange): boolean {
    if (change.type !== 'say-again') return true;
    const record = this.#records.read<string>(holdKey(change.allocation));
    return isStill(record === undefined ? undefined : recordedAllocation(record), change.allocation);
  }

  /** @throws IpamError invalid-argument when a value cannot be recorded */
  #writeOf(change: JournalChange): { readonly key: string; readonly record: Buffer | undefined } | undefined {
    switch (change.type) {
      case 'hold': {
        const key = holdKey(change.allocation);
        return { key, record: encodeRecord(key, allocationRecord(change.allocation)) };
      }
      case 'drop':
        return { key: holdKey(change.allocation), record: undefined };
      case 'cooldown': {
        const key = journalKey(cooldownPrefix, change.coolingDown);
        return { key, record: encodeRecord(key, change.coolingDown) };
      }
      case 'boot':
        return { key: bootKey, record: encodeRecord(bootKey, change.id) };
      case 'wake':
        return { key: journalKey(cooldownPrefix, change), record: undefined };
      default:
        // Of the history, which writes it itself.
        return undefined;
    }
  }

  #begin(now: () => number): number {
    const begun = this.#records.read<number>(begunKey);
    if (begun !== undefined) return begun;
    // A journal with records but without this one was begun before there was this one.
    const beginning = this.#records.isEmpty ? now() : 0;
    this.#records.transaction(() => this.#records.put(begunKey, beginning));
    return beginning;
  }

  #allocation(record: string): Allocation {
    const allocation = recordedAllocation(record);
    if (allocation !== undefined) return allocation;
    throw new IpamError('store-unavailable', `the journal in ${this.#directory} was written by a later version`, {
      advice: 'start that version; an upgrade is not undone',
    });
  }
}

/** Records that are no allocation and no cool-down. */
function isOfOthers(key: string): boolean {
  return key.startsWith(entryPrefix) || key.startsWith(segmentPrefix) || [begunKey, bootKey, clockKey].includes(key);
}

function holdKey(allocation: Allocation): string {
  return journalKey(holdPrefix, recordAddress(allocation));
}
