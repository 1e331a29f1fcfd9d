import type { Allocation, RestingAddress } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import { IpamError } from '../resources/errors.ts';
import { type Environment, openEnvironment } from '../store/embedded/environment.ts';
import { GroupCommit } from '../store/embedded/group-commit.ts';
import { decodeRecord, encodeRecord } from '../store/embedded/record.ts';
import { damaged } from '../store/embedded/storage-error.ts';
import type { Journal, JournalChange, JournalContents } from './journal.ts';
import { allocationRecord, recordedAllocation } from './journal-record.ts';

/** Keys: `a` and the attachment's key; `r` and the address. */
const holdPrefix = 'a ';
const restPrefix = 'r ';

/** The journal on an LMDB environment of its own. */
export class LmdbJournal implements Journal {
  readonly #directory: string;
  readonly #environment: Environment;
  readonly #commits: GroupCommit;

  /** @throws IpamError storage-damaged, storage-full, store-unavailable */
  constructor(directory: string) {
    this.#directory = directory;
    this.#environment = openEnvironment(directory);
    this.#commits = new GroupCommit(this.#environment, directory);
  }

  load(): JournalContents {
    this.#environment.resetReadTxn();
    return {
      allocations: this.#range<string>(holdPrefix).map((record) => this.#allocation(record)),
      resting: this.#range<RestingAddress>(restPrefix).sort((a, b) => a.until - b.until),
    };
  }

  commit(changes: readonly JournalChange[]): Promise<void> {
    return this.#commits.run(() => {
      for (const change of changes) this.#apply(change);
    });
  }

  async close(): Promise<void> {
    this.#commits.close();
    await this.#environment.close();
  }

  #apply(change: JournalChange): void {
    const environment = this.#environment;
    switch (change.type) {
      case 'hold':
        environment.putSync(
          holdPrefix + attachmentKey(change.allocation.attachment),
          encodeRecord(allocationRecord(change.allocation)),
        );
        return;
      case 'drop':
        environment.removeSync(holdPrefix + change.key);
        return;
      case 'rest':
        environment.putSync(restPrefix + change.resting.address, encodeRecord(change.resting));
        return;
      case 'wake':
        environment.removeSync(restPrefix + change.address);
        return;
    }
  }

  #allocation(record: string): Allocation {
    const allocation = recordedAllocation(record);
    if (allocation !== undefined) return allocation;
    throw new IpamError('store-unavailable', `the journal in ${this.#directory} was written by a later version`, {
      advice: 'start that version; an upgrade is not undone',
    });
  }

  #range<T>(prefix: string): T[] {
    const values: T[] = [];
    for (const { key, value } of this.#environment.getRange({ start: prefix, end: `${prefix}\uffff` })) {
      const record = decodeRecord<T>(value);
      if (record === undefined) throw damaged(this.#directory, `record "${key}" does not match its checksum`);
      values.push(record);
    }
    return values;
  }
}
