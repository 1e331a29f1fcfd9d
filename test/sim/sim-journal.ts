import type { Journal, JournalChange, JournalContents } from '../../src/daemon/journal/journal.ts';
import type { JournalHistory } from '../../src/daemon/journal/journal-history.ts';
import type { Allocation } from '../../src/ipam/allocation.ts';
import { attachmentKey } from '../../src/ipam/attachment.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { type EffectKind, EffectQueue, effect } from './effect.ts';
import type { Lifetime } from './lifetime.ts';
import type { World } from './world.ts';

const commitIn = ({ weights }: World): EffectKind => ({
  typicalMs: 0.5,
  fails: {
    kind: 'journal-fails',
    probability: weights.journalFails,
    error: () => new IpamError('storage-full', 'no space left for the journal'),
  },
});

/** One process's hold on the disk of its node. */
export class SimJournal implements Journal {
  readonly #world: World;
  readonly #node: string;
  readonly #disk: Journal;
  readonly #lifetime: Lifetime;
  readonly #lost: () => string | undefined;
  readonly #stalledUntil: () => number;
  readonly #queue = new EffectQueue();

  /**
   * @param lost attachment whose record has lost a bit of its key; undefined: none
   * @param stalledUntil nothing is written before, world time
   */
  constructor(
    world: World,
    node: string,
    disk: Journal,
    lifetime: Lifetime,
    { lost, stalledUntil }: { readonly lost: () => string | undefined; readonly stalledUntil: () => number },
  ) {
    this.#world = world;
    this.#node = node;
    this.#disk = disk;
    this.#lifetime = lifetime;
    this.#lost = lost;
    this.#stalledUntil = stalledUntil;
  }

  get begun(): number {
    return this.#disk.begun;
  }

  get boot(): string | undefined {
    return this.#disk.boot;
  }

  get history(): JournalHistory {
    return this.#disk.history;
  }

  /** The contents but for what cannot be read are among the facts: a daemon that goes on with them gives twice. */
  load(): JournalContents {
    const contents = this.#disk.load();
    const lost = this.#lost();
    if (lost === undefined) return contents;
    const allocations = contents.allocations.filter(({ attachment }) => attachmentKey(attachment) !== lost);
    throw new IpamError('storage-damaged', `the record of ${lost} cannot be read`, {
      facts: { contents: { ...contents, allocations } },
    });
  }

  recorded(): Iterable<Allocation> {
    return this.#disk.recorded();
  }

  commit(changes: readonly JournalChange[]): Promise<void> {
    this.#world.operation(this.#node, 'journal', ...changes.map(brief));
    this.#queue.place(this.#stalledUntil());
    return effect(this.#world, this.#lifetime, commitIn(this.#world), () => this.#disk.commit(changes), this.#queue);
  }

  trouble(): string {
    return '';
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {}
}

function brief(change: JournalChange): string {
  switch (change.type) {
    case 'hold':
    case 'drop':
    case 'say-again': {
      const { attachment, addresses } = change.allocation;
      return `${change.type} ${attachment.containerId} ${addresses.map(({ address }) => address).join(',')}`;
    }
    case 'boot':
      return `boot ${change.id}`;
    case 'cooldown':
      return `rest ${change.coolingDown.address}`;
    case 'wake':
      return `wake ${change.address}`;
    case 'note':
      return `note ${change.note.what} ${change.note.addresses.map(({ address }) => address).join(',')}`;
    case 'started':
      return 'started';
    case 'pack':
      return `pack ${change.segment.first} ${change.segment.last}`;
    case 'forget':
      return `forget ${change.upTo}`;
  }
}
