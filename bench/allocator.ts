import { BlockAllocator } from '../src/allocator/block-allocator.ts';
import { SparseAllocator } from '../src/allocator/sparse-allocator.ts';
import { type BenchRow, median } from './row.ts';

const pairs = 2_000_000;
const repeats = 5;
const cooldownMs = 30_000;
/** Allocations per millisecond of virtual time: a million a second. */
const perMillisecond = 1_000;

interface Allocates {
  allocate(owner: object, now: number): number;
  release(slot: number, now: number): unknown;
}

/** What most IPAMs do: look from the start for the first address that is not in the table. */
class FirstFit implements Allocates {
  readonly #owners = new Map<number, object>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  allocate(owner: object): number {
    for (let slot = 0; slot < this.#size; slot += 1) {
      if (this.#owners.has(slot)) continue;
      this.#owners.set(slot, owner);
      return slot;
    }
    return -1;
  }

  release(slot: number): void {
    this.#owners.delete(slot);
  }
}

/** Allocate and release, half full, with owners and cool-down; pairs a second. */
function pairsPerSecond(allocator: Allocates, held: number, count: number): number {
  const owner = {};
  let now = 1;
  for (let index = 0; index < held; index += 1) allocator.allocate(owner, now);
  const rates = Array.from({ length: repeats }, () => {
    const start = performance.now();
    for (let index = 0; index < count; index += 1) {
      const slot = allocator.allocate(owner, now);
      allocator.release(slot, now);
      if (index % perMillisecond === 0) now += 1;
    }
    return count / ((performance.now() - start) / 1000);
  });
  return median(rates);
}

export function benchAllocator(): readonly BenchRow[] {
  const spaces = [
    ['/24', () => new BlockAllocator<object>(2 ** 8, cooldownMs), 2 ** 7],
    ['/16', () => new BlockAllocator<object>(2 ** 16, cooldownMs), 2 ** 15],
    ['/8', () => new BlockAllocator<object>(2 ** 24, cooldownMs), 2 ** 23],
    ['IPv6 /64', () => new SparseAllocator<object>(1n << 64n, cooldownMs) as Allocates, 2 ** 15],
  ] as const;
  // Once over all, so that no space pays for the compiler alone.
  for (const [, make] of spaces) pairsPerSecond(make(), 64, 200_000);
  const rates = spaces.map(([name, make, held]) => ({ name, held, rate: pairsPerSecond(make(), held, pairs) }));
  const naive = new Map([
    ['/24', pairsPerSecond(new FirstFit(2 ** 8), 2 ** 7, 100_000)],
    ['/16', pairsPerSecond(new FirstFit(2 ** 16), 2 ** 15, 200)],
  ]);
  const rows = rates.map(({ name, rate }): BenchRow => {
    const peer = naive.get(name);
    return {
      group: 'allocate and release in memory, half full, with owners and cool-down',
      name,
      value: rate / 1e6,
      unit: 'M pairs/s',
      ...(peer === undefined
        ? {}
        : { peer: { name: 'first fit over a table', value: peer / 1e6 }, ratio: rate / peer }),
      goal: { text: 'over 5 M/s', reached: rate > 5e6 },
    };
  });
  const [small, , large] = rates.map(({ rate }) => rate);
  const spread = (small ?? 0) / (large ?? 1);
  return [
    ...rows,
    {
      group: rows[0]?.group ?? '',
      name: '/24 against /8',
      value: spread,
      unit: 'x',
      goal: { text: 'flat within 2x', reached: spread < 2 && spread > 0.5 },
    },
  ];
}
