import type { Allocation, RestingAddress } from '../ipam/allocation.ts';
import { IpamError } from '../resources/errors.ts';
import { type Environment, openEnvironment } from '../store/embedded/environment.ts';
import { GroupCommit } from '../store/embedded/group-commit.ts';
import { decodeRecord, encodeRecord } from '../store/embedded/record.ts';
import { damaged } from '../store/embedded/storage-error.ts';
import { type Journal, type JournalChange, type JournalContents, recordAddress } from './journal.ts';
import { begunKey, holdPrefix, journalKey, restPrefix } from './journal-key.ts';
import { allocationRecord, recordedAllocation } from './journal-record.ts';

/** The journal on an LMDB environment of its own. */
export class LmdbJournal implements Journal {
  readonly begun: number;
  readonly #directory: string;
  readonly #environment: Environment;
  readonly #commits: GroupCommit;

  /** @throws IpamError storage-damaged, storage-full, store-unavailable */
  constructor(directory: string, now: () => number = Date.now) {
    this.#directory = directory;
    this.#environment = openEnvironment(directory);
    this.begun = this.#begin(now);
    this.#commits = new GroupCommit(this.#environment, directory);
  }

  load(): JournalContents {
    this.#environment.resetReadTxn();
    return {
      allocations: this.#range(holdPrefix, (record: string) => this.#allocation(record)),
      resting: this.#range(restPrefix, (resting: RestingAddress) => resting).sort((a, b) => a.until - b.until),
    };
  }

  async commit(changes: readonly JournalChange[]): Promise<void> {
    // All records are made before the first is written: one that cannot be made refuses the whole call.
    const writes = changes.map((change) => this.#writeOf(change));
    await this.#commits.run(() => {
      for (const { key, record } of writes) {
        if (record === undefined) this.#environment.removeSync(key);
        else this.#environment.putSync(key, record);
      }
    });
  }

  async close(): Promise<void> {
    this.#commits.close();
    await this.#environment.close();
  }

  /** @throws IpamError invalid-argument when a value cannot be recorded */
  #writeOf(change: JournalChange): { readonly key: string; readonly record: Buffer | undefined } {
    switch (change.type) {
      case 'hold': {
        const { allocation } = change;
        return { key: holdKey(allocation), record: encodeRecord(allocationRecord(allocation)) };
      }
      case 'drop':
        return { key: holdKey(change.allocation), record: undefined };
      case 'rest':
        return { key: journalKey(restPrefix, change.resting), record: encodeRecord(change.resting) };
      case 'wake':
        return { key: journalKey(restPrefix, change), record: undefined };
    }
  }

  #begin(now: () => number): number {
    const known = this.#environment.get(begunKey) as Buffer | undefined;
    const begun = known === undefined ? undefined : decodeRecord<number>(known);
    if (begun !== undefined) return begun;
    // A journal with records but without this one was begun before there was this one.
    const [first] = this.#environment.getRange({ limit: 1 });
    const beginning = first === undefined ? now() : 0;
    this.#environment.putSync(begunKey, encodeRecord(beginning));
    return beginning;
  }

  #allocation(record: string): Allocation {
    const allocation = recordedAllocation(record);
    if (allocation !== undefined) return allocation;
    throw new IpamError('store-unavailable', `the journal in ${this.#directory} was written by a later version`, {
      advice: 'start that version; an upgrade is not undone',
    });
  }

  #range<T, V>(prefix: string, convert: (record: T) => V): V[] {
    const values: V[] = [];
    for (const { key, value } of this.#environment.getRange({ start: prefix, end: `${prefix}\uffff` })) {
      const record = decodeRecord<T>(value);
      if (record === undefined) throw damaged(this.#directory, `record "${key}" does not match its checksum`);
      values.push(convert(record));
    }
    return values;
  }
}

function holdKey(allocation: Allocation): string {
  return journalKey(holdPrefix, recordAddress(allocation));
}
