import { parseRangeSet } from '../src/ip/range-set.ts';
import { FreeHints, type SearchedPool } from '../src/ipam/claim/free-hints.ts';
import { spreadIndex } from '../src/ipam/claim/spread.ts';
import { pageSize } from '../src/resources/occupancy.ts';
import { type BenchRow, median } from './row.ts';

const repeats = 21;

/** Looks through all pages of a pool that is full, read a moment ago, as each ADD does that it is refused. */
export function benchFreeHints(): readonly BenchRow[] {
  return (['10.64.0.0/16', '10.64.0.0/10'] as const).map((range) => {
    const ms = fullSearchMs(range);
    return {
      group: 'a daemon that knows its own claims only finds that a shared pool is full, by pages that it has',
      name: range.slice(range.indexOf('/')),
      value: ms,
      unit: 'ms',
      ...(range.endsWith('/10') ? { goal: { text: 'under 20 ms', reached: ms < 20 } } : {}),
    };
  });
}

function fullSearchMs(range: string): number {
  const hints = new FreeHints();
  const taken = new Uint8Array(pageSize / 8).fill(0xff);
  let places = 0;
  const facts: SearchedPool = {
    scope: '',
    usable: parseRangeSet([range]),
    isFresh: () => true,
    isFree: () => true,
    chance: (what, count) => spreadIndex(what === 'home' ? 'node pool' : `node ${places++}`, count),
    now: () => 0,
  };
  const search = (): void => {
    const steps = hints.search('pool', facts);
    for (let { value: step } = steps.next('done'); step !== undefined; { value: step } = steps.next('done')) {
      if (step.type !== 'read') throw new Error(`a full pool has ${step.type}`);
      hints.read(step.page, { taken, coolingDown: new Uint8Array(pageSize / 8) }, 0);
    }
  };
  search();
  const times = Array.from({ length: repeats }, () => {
    const begun = performance.now();
    search();
    return performance.now() - begun;
  });
  return median(times);
}
