import { type Attachment, attachmentKey } from '../../src/ipam/attachment.ts';
import { hadAt } from '../../src/ipam/history/tenures.ts';
import { addressKey } from '../../src/resources/scope.ts';
import { Random } from '../kit/random.ts';
import type { SimNode } from './sim-node.ts';
import { BrokenPromise, type World } from './world.ts';

/** That a runtime surely had an address, in world time: from the answer to its ADD to its DEL, or to the ADD that may have changed it. */
interface Fact {
  readonly node: string;
  readonly attachment: string;
  /** As `addressKey` makes it. */
  readonly key: string;
  readonly from: number;
  /** Undefined: it has it still. */
  until: number | undefined;
}

/** What is asked about; the earliest is forgotten first. */
const mostFacts = 4_000;
/** Between two questions, world milliseconds, in the mean. */
const askEveryMs = 4_000;
/** Times are whole milliseconds at both ends, and so are the clocks. */
const edgeMs = 3;

/** Asks daemons at random times who had an address at random times, and compares with what runtimes have seen. */
export class Past {
  readonly #world: World;
  readonly #random: Random;
  readonly #live = new Map<string, readonly Fact[]>();
  #facts: Fact[] = [];
  #asked = 0;

  constructor(world: World) {
    this.#world = world;
    // A stream of its own: what is asked changes nothing of what happens.
    this.#random = new Random(world.options.seed + 7);
  }

  /** How many questions were answered and compared. */
  get asked(): number {
    return this.#asked;
  }

  told(node: string, attachment: Attachment, keys: readonly string[]): void {
    const name = attachmentKey(attachment);
    const from = this.#world.now;
    const facts = keys.map((key): Fact => ({ node, attachment: name, key, from, until: undefined }));
    this.#live.set(`${node} ${name}`, facts);
    this.#facts.push(...facts);
    if (this.#facts.length > 2 * mostFacts) this.#facts = this.#facts.slice(-mostFacts);
  }

  /** An ADD is sent again for an interface that is not there: from now on its daemon may change what it has, and tells with the answer. */
  doubted(node: string, attachment: Attachment): void {
    for (const fact of this.#live.get(`${node} ${attachmentKey(attachment)}`) ?? []) fact.until ??= this.#world.now;
  }

  /** It has them still, and had them all the time. */
  kept(node: string, attachment: Attachment): void {
    for (const fact of this.#live.get(`${node} ${attachmentKey(attachment)}`) ?? []) fact.until = undefined;
  }

  /** Its DEL is sent now, or it was given others; what was in doubt is known no longer than until then. */
  ended(node: string, attachment: Attachment): void {
    this.doubted(node, attachment);
    this.#live.delete(`${node} ${attachmentKey(attachment)}`);
  }

  /** A machine lost its disk, and its record with it. */
  died(node: string): void {
    this.#facts = this.#facts.filter((fact) => fact.node !== node);
    for (const [key, [fact]] of this.#live) if (fact?.node === node) this.#live.delete(key);
  }

  /** From now on, until the world ends. */
  run(nodes: readonly SimNode[]): void {
    const { scheduler } = this.#world;
    const next = (): void => {
      const node = this.#random.pick([...nodes]);
      this.#askOne(node).then(
        () => scheduler.after(this.#random.next() * 2 * askEveryMs, next),
        (error: Error) => this.#break(`${node.name} cannot say what was: ${error.message}`, [node.name]),
      );
    };
    next();
  }

  async #askOne(node: SimNode): Promise<void> {
    const { daemon } = node;
    const facts = this.#facts.filter((fact) => fact.node === node.name);
    // Nor is a daemon asked whose own clock was set by an hour: by that it forgets what is old.
    if (daemon === undefined || facts.length === 0 || node.disk.history.isClockSet || node.wasSet) return;
    const fact = this.#random.pick(facts);
    const end = (fact.until ?? this.#world.now) - edgeMs;
    const when = fact.from + edgeMs + this.#random.next() * (end - fact.from - edgeMs);
    if (end <= fact.from + edgeMs) return;
    const at = node.historyTime(when);
    const address = fact.key.split('.scope-')[0] ?? '';
    const { from, tenures } = await daemon.administration.history({
      subject: { kind: 'address', address },
      at,
      limit: 100,
    });
    if (this.#world.broken !== undefined) return;
    this.#asked += 1;
    this.#compare(node, fact, { at, from, when }, tenures);
  }

  #compare(
    node: SimNode,
    fact: Fact,
    { at, from, when }: { at: number; from: number | undefined; when: number },
    tenures: Awaited<ReturnType<NonNullable<SimNode['daemon']>['administration']['history']>>['tenures'],
  ): void {
    const subjects = [fact.attachment, fact.key, node.name];
    const age = this.#world.now - when;
    if (from === undefined || from > at) {
      // Where clocks are put, from when on a record knows is in doubt as well.
      if (age * node.pace < node.historyKeptMs && !node.isClockPut)
        this.#break(`${node.name} knows nothing of ${Math.round(age)} ms ago: its record begins later`, subjects);
      return;
    }
    const had = tenures.filter((tenure) => addressKey(tenure) === fact.key && hadAt(tenure, at) !== 'not');
    const isKnown = had.some((tenure) => attachmentKey(tenure.attachment) === fact.attachment);
    const other = had.find(
      (tenure) => hadAt(tenure, at) === 'surely' && attachmentKey(tenure.attachment) !== fact.attachment,
    );
    if (!isKnown || other !== undefined) {
      const told = had.map((tenure) => `${attachmentKey(tenure.attachment)} ${hadAt(tenure, at)}`).join(', ');
      this.#break(
        `${node.name} says that ${Math.round(age)} ms ago ${fact.key} was with [${told}], and it was with ${fact.attachment}`,
        subjects,
      );
    }
  }

  #break(message: string, subjects: readonly string[]): void {
    this.#world.break(new BrokenPromise(10, message, subjects));
  }
}
