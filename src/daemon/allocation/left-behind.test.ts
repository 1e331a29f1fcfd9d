import { describe, expect, it } from 'vitest';
import { claimKind } from '../../resources/claim.ts';
import { newOccupancy } from '../../resources/occupancy.ts';
import { wrap } from '../../store/wrap.ts';
import { both, Cluster, events, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

/** Two daemons that know their own claims only, and how often they ask for what is kept for a Pod. */
async function asking() {
  const c = new Cluster();
  for (const [name, subnet] of [
    ['office', '10.5.0.0/24'],
    ['office6', 'fd05::/120'],
    ['lab', '10.6.0.0/24'],
  ] as const)
    await c.store.create(pool(name, { subnet }));
  await c.store.create(newOccupancy({ family: 4, value: 0n }, '', { asOf: '0' }));
  const asked = { lists: 0, asOf: [] as (string | undefined)[], guessesNothing: false };
  const counted = wrap(c.store, (inner) => ({
    list: async (kind, selection) => {
      const isOfPlace = Object.keys(selection?.labels ?? {}).some((label) => label.endsWith('/place'));
      if (kind !== claimKind || !isOfPlace) return inner.list(kind, selection);
      asked.lists += 1;
      asked.asOf.push(selection?.atLeast);
      const list = await inner.list<never>(kind, selection);
      return asked.guessesNothing && selection?.atLeast === '0' ? { ...list, items: [] } : list;
    },
  }));
  const node = (name: string): Promise<Node> => c.node(name, { knowsOnlyOwnClaims: true }, counted);
  const [one, two] = [await node('node1'), await node('node2')];
  /** @returns how many lists it took */
  const counting = async (act: () => Promise<unknown>): Promise<number> => {
    asked.lists = 0;
    await act();
    return asked.lists;
  };
  return { c, one, two, counting, asked };
}

describe("what is asked of the store for a StatefulSet's Pod, where daemons know their own claims only", () => {
  it('is what is kept for it before its first claim, and once more after that', async () => {
    const { one, counting } = await asking();
    expect(await counting(() => one.add('web-0', 'c1'))).toBe(2);
  });

  it('is that once when it comes again, and nothing at its DEL', async () => {
    const { c, one, two, counting } = await asking();
    const given = await one.add('web-0', 'c1');
    expect(await counting(() => one.del('c1'))).toBe(0);
    expect(await counting(async () => expect(await two.add('web-0', 'c2')).toEqual(given))).toBe(1);
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it('is a guess before its first claim, and then what was written before that: an API server has both in its memory', async () => {
    const { c, one, asked } = await asking();
    const [address = ''] = await one.add('web-0', 'c1');
    expect(asked.asOf).toEqual(['0', (await c.claim(address)).metadata.resourceVersion]);
  });

  it('gives it what is kept also when the guess knows nothing of that', async () => {
    const { c, one, two, asked } = await asking();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    asked.guessesNothing = true;
    expect(await two.add('web-0', 'c2')).toEqual(given);
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it('is no guess where an address of a block may be given: nobody looks once more then', async () => {
    const { c, one, two, asked } = await asking();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    await c.store.create(pool('blocks', { subnet: '10.7.0.0/24', blockSize: 28 }));
    await events();
    asked.guessesNothing = true;
    expect(await two.add('web-0', 'c2', ['blocks', 'office'])).toEqual(given);
  });

  it('is nothing for Pods of which nothing is ever kept', async () => {
    const { one, counting } = await asking();
    expect(await counting(() => one.add('lone', 'c1'))).toBe(0);
  });

  it('is that once more where something was kept that its pools of now do not have, which is free then', async () => {
    const { c, one, two, counting } = await asking();
    await one.add('web-0', 'c1');
    await one.del('c1');
    let moved: string[] = [];
    expect(
      await counting(async () => {
        moved = await two.add('web-0', 'c2', ['lab']);
      }),
    ).toBe(3);
    expect(moved[0]).toMatch(/^10\.6\.0\./);
    expect(await c.claims()).toEqual([`${moved} c2`]);
  });

  it('lets go of the family that it does not ask for any more, and of none that it has just taken over', async () => {
    const { c, one, two } = await asking();
    const given = await one.add('web-0', 'c1', both);
    await one.del('c1');
    expect(await two.add('web-0', 'c2', both)).toEqual(given);
    expect(await c.claims()).toEqual(given.map((address) => `${address} c2`).sort());
    await two.del('c2');
    expect(await one.add('web-0', 'c3')).toEqual(given.slice(0, 1));
    expect(await c.claims()).toEqual([`${given[0]} c3`]);
  });
});
