import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { containsAddress, parseRangeSet } from '../../ip/range-set.ts';
import { pagePlace, pageSize } from '../../resources/occupancy.ts';
import { FreeHints, type PageBits, type SearchAnswer, type SearchedPool } from './free-hints.ts';

/** A pool, who has what of it in truth, and what its pages say. */
class World {
  readonly hints = new FreeHints();
  readonly usable;
  readonly taken = new Set<string>();
  /** What this daemon itself holds, and what cools down after its own releases. */
  readonly own = new Set<string>();
  readonly cooling = new Set<string>();
  /** What the pages say when they are read: by default, the truth of now. */
  published: { readonly taken: ReadonlySet<string>; readonly cooling: ReadonlySet<string> } | undefined;
  now = 0;
  chances: bigint[] = [];
  /** How often a page was looked through from some place on. */
  looks = 0;
  log: string[] = [];

  constructor(...ranges: readonly string[]) {
    this.usable = parseRangeSet(ranges);
  }

  get facts(): SearchedPool {
    return {
      scope: '',
      usable: this.usable,
      isFresh: (address) => this.#isFree(address) && !this.cooling.has(formatAddress(address)),
      isFree: (address) => this.#isFree(address),
      chance: (what) => {
        if (what === 'place') this.looks += 1;
        return what === 'home' ? 0n : (this.chances.shift() ?? 0n);
      },
      now: () => this.now,
    };
  }

  #isFree(address: Address): boolean {
    return containsAddress(this.usable, address) && !this.own.has(formatAddress(address));
  }

  publish(): void {
    this.published = { taken: new Set(this.taken), cooling: new Set() };
  }

  /** One ADD. @returns what it got */
  add(): string | undefined {
    this.log = [];
    const search = this.hints.search('office', this.facts);
    let answer: SearchAnswer = 'done';
    for (;;) {
      const { value: step, done } = search.next(answer);
      if (done || step === undefined) return undefined;
      answer = 'done';
      if (step.type === 'read') {
        this.log.push(`read ${step.page}`);
        this.hints.read(step.page, this.#page(step.page), this.now);
      } else if (step.type === 'list') {
        this.log.push('list');
        this.hints.listed(this.facts, [...this.taken].map(parseAddress));
      } else {
        const text = formatAddress(step.address);
        this.log.push(`${step.type} ${text}`);
        answer = this.taken.has(text) ? 'taken' : 'free';
        if (step.type === 'create' && answer === 'free') {
          this.taken.add(text);
          this.own.add(text);
          return text;
        }
      }
    }
  }

  #page(name: string): PageBits | undefined {
    const { taken, cooling } = this.published ?? { taken: this.taken, cooling: new Set<string>() };
    const bitsOf = (texts: ReadonlySet<string>): Uint8Array => {
      const bits = new Uint8Array(pageSize / 8);
      for (const text of texts) {
        const { page, offset } = pagePlace(parseAddress(text), '');
        if (page === name) bits[offset >>> 3] = (bits[offset >>> 3] ?? 0) | (1 << (offset & 7));
      }
      return bits;
    };
    return taken.size + cooling.size === 0 ? undefined : { taken: bitsOf(taken), coolingDown: bitsOf(cooling) };
  }
}

const addresses = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `10.5.0.${from + n}`);

describe('a search for a free address by hints', () => {
  it('reads one page, and claims what is free in it', () => {
    const world = new World('10.5.0.10-10.5.0.19');
    world.taken.add('10.5.0.10');
    expect(world.add()).toBe('10.5.0.11');
    expect(world.log).toEqual(['read 10.5.0.0', 'create 10.5.0.11']);
    expect(world.add()).toBe('10.5.0.12');
    expect(world.log).toEqual(['create 10.5.0.12']);
  });

  it('reads a page again when it is a second old', () => {
    const world = new World('10.5.0.10-10.5.0.19');
    world.add();
    world.now += 999;
    world.add();
    expect(world.log).toEqual(['create 10.5.0.11']);
    world.now += 1;
    world.add();
    expect(world.log).toEqual(['read 10.5.0.0', 'create 10.5.0.12']);
  });

  it('goes on after a create that was refused, and looks before the next ones', () => {
    const world = new World('10.5.0.10-10.5.0.39');
    world.publish();
    for (const text of ['10.5.0.10', '10.5.0.11']) world.taken.add(text);
    expect(world.add()).toBe('10.5.0.12');
    expect(world.log).toEqual([
      'read 10.5.0.0',
      'create 10.5.0.10',
      'look 10.5.0.11',
      'look 10.5.0.12',
      'create 10.5.0.12',
    ]);
  });

  it('looks before it claims where more than half is taken: a refused create costs as much as six looks', () => {
    const world = new World('10.5.0.10-10.5.0.19');
    for (const text of addresses(10, 15)) world.taken.add(text);
    expect(world.add()).toBe('10.5.0.16');
    expect(world.log).toEqual(['read 10.5.0.0', 'look 10.5.0.16', 'create 10.5.0.16']);
  });

  it('takes what cools down only when nothing else is there', () => {
    const world = new World('10.5.0.10-10.5.0.12');
    world.cooling.add('10.5.0.10');
    world.published = { taken: new Set(), cooling: new Set(['10.5.0.11']) };
    expect(world.add()).toBe('10.5.0.12');
    expect(world.add()).toBe('10.5.0.10');
    expect(world.add()).toBe('10.5.0.11');
    expect(world.add()).toBeUndefined();
  });

  it('finds the last free address of a pool whose pages say that it is full', () => {
    const world = new World('10.5.0.10-10.5.0.19');
    for (const text of addresses(10, 19)) world.taken.add(text);
    world.publish();
    world.taken.delete('10.5.0.17');
    expect(world.add()).toBe('10.5.0.17');
    expect(world.log).toEqual(['read 10.5.0.0', 'list', 'look 10.5.0.17', 'create 10.5.0.17']);
  });

  it('does not read all claims of a full pool again for each ADD, and finds what its page says later', () => {
    const world = new World('10.5.0.10-10.5.0.19');
    for (const text of addresses(10, 19)) world.taken.add(text);
    expect(world.add()).toBeUndefined();
    expect(world.log).toEqual(['read 10.5.0.0', 'list']);
    world.now += 500;
    expect(world.add()).toBeUndefined();
    expect(world.log).toEqual([]);
    world.taken.delete('10.5.0.13');
    world.now += 500;
    expect(world.add()).toBe('10.5.0.13');
    expect(world.log).toEqual(['read 10.5.0.0', 'look 10.5.0.13', 'create 10.5.0.13']);
  });

  it('goes from page to page, and back to the first that has something again', () => {
    const world = new World('10.5.0.0-10.5.63.255');
    for (let n = 0; n < 2 * pageSize; n += 1) {
      world.taken.add(formatAddress({ family: 4, value: parseAddress('10.5.0.0').value + BigInt(n) }));
    }
    expect(world.add()).toBe('10.5.32.0');
    expect(world.log).toEqual(['read 10.5.0.0', 'read 10.5.16.0', 'read 10.5.32.0', 'create 10.5.32.0']);
    world.now += 1_000;
    world.taken.delete('10.5.16.9');
    expect(world.add()).toBe('10.5.16.9');
  });

  it('finds all of a pool, to the last, each once, whatever the pages say', () => {
    for (const published of [new Set<string>(), new Set(addresses(1, 200))]) {
      const world = new World('10.5.0.1-10.5.0.200');
      world.published = { taken: published, cooling: new Set() };
      let state = 1;
      const got = new Set<string>();
      for (let n = 0; n < 200; n += 1) {
        world.chances = Array.from({ length: 400 }, () => {
          state = (state * 48_271) % 2_147_483_647;
          return BigInt(state % 200);
        });
        world.now += 60;
        got.add(world.add() ?? 'none');
      }
      expect([...got].sort()).toEqual(addresses(1, 200).sort());
      expect(world.add()).toBeUndefined();
    }
  });

  it('finds the one free address of a page that is full, wherever it lies and wherever the search begins', () => {
    for (const [free, from] of [0, 1, 7, 8, 12, 55, 100, 199].flatMap((n) =>
      [0n, 3n, 99n, 199n].map((m) => [n, m] as const),
    )) {
      const world = new World('10.5.0.3-10.5.0.90', '10.5.0.94-10.5.0.205');
      const all = [...addresses(3, 90), ...addresses(94, 205)];
      for (const text of all) world.taken.add(text);
      world.taken.delete(all[free] ?? '');
      // What is outside of the pool counts for nothing, whatever its page says.
      for (const text of addresses(0, 2)) world.taken.add(text);
      world.chances = [from, from, from, from];
      expect(world.add()).toBe(all[free]);
    }
  });

  it('looks once through each page of a pool that is full, for what is fresh and for what is free', () => {
    const world = new World('10.5.0.0-10.5.63.255');
    const first = parseAddress('10.5.0.0').value;
    for (let n = 0; n < 4 * pageSize; n += 1) world.taken.add(formatAddress({ family: 4, value: first + BigInt(n) }));
    expect(world.add()).toBeUndefined();
    world.looks = 0;
    expect(world.add()).toBeUndefined();
    expect(world.looks).toBe(8);
  });

  it('gives nothing of a pool that has nothing', () => {
    const world = new World();
    expect(world.add()).toBeUndefined();
    expect(world.log).toEqual([]);
  });
});
