import { describe, expect, it } from 'vitest';
import type { KeptPod } from './kept-pod.ts';
import { availableIn, type NodePlanInput, nodePlan } from './node-plan.ts';
import { nodeOf, told } from './testing/nodes.ts';
import { withdrawnMark } from './withdrawal.ts';

const web: KeptPod = { pod: 'default/web-0', resource: 'default/StatefulSet/web', addresses: ['10.0.1.5'] };
const plan = (parts: Parameters<typeof nodeOf>[1], more: Partial<NodePlanInput> = {}) =>
  nodePlan({
    node: nodeOf('a', { podCIDRs: ['10.0.1.0/28'], ...parts }),
    families: [4],
    rate: 0,
    max: 255,
    keptFor: () => undefined,
    recordOf: () => undefined,
    isElsewhere: () => false,
    ...more,
  });

describe("a node's pool", () => {
  it('is filled up to the watermark, from its own subnet', () =>
    expect(told(plan({}, { rate: 3 }).changes)).toEqual([1, 2, 3].map((n) => `a 10.0.1.${n} -> anybody`)));

  it('has no more than the most', () =>
    expect(told(plan({ pool: { '10.0.1.1': {} } }, { rate: 9, max: 2 }).changes)).toEqual(['a 10.0.1.2 -> anybody']));

  it('leaves a quarter of the subnet to those whose addresses stay', () =>
    expect(plan({}, { rate: 255 }).changes).toHaveLength(11));

  it('counts as free neither what is used, nor what is kept, nor what is being released', () => {
    const node = nodeOf('a', {
      pool: { '10.0.1.1': {}, '10.0.1.2': { owner: web.pod }, '10.0.1.3': {}, '10.0.1.4': {}, 'fd00::1': {} },
      used: { '10.0.1.1': { owner: 'default/other' } },
      releases: { '10.0.1.3': 'marked-for-release' },
    });
    expect([availableIn(node, 4), availableIn(node, 6)]).toEqual([1, 1]);
  });

  it('gets nothing that is kept for a Pod, or has come to another node', () =>
    expect(
      told(
        plan(
          {},
          {
            rate: 2,
            keptFor: (address) => (address === '10.0.1.1' ? web : undefined),
            isElsewhere: (address) => address === '10.0.1.2',
          },
        ).changes,
      ),
    ).toEqual(['a 10.0.1.3 -> anybody', 'a 10.0.1.4 -> anybody']));

  it('has marks that are in no record: they are recorded', () => {
    const entry = { owner: web.pod, resource: web.resource };
    const { adopts, changes } = plan({ pool: { '10.0.1.5': entry, '10.0.1.6': { owner: 'router' } } });
    expect(adopts).toEqual([web]);
    expect(changes).toEqual([]);
  });

  it('has one mark of a Pod only: the one that is recorded', () => {
    const entry = { owner: web.pod, resource: web.resource };
    const recordOf = () => ({ ...web, addresses: ['10.0.9.9'] });
    const { adopts, changes } = plan({ pool: { '10.0.1.5': entry } }, { recordOf });
    expect([adopts, told(changes)]).toEqual([[], ['a 10.0.1.5 -> anybody']]);
  });

  it('loses the mark of a Pod whose address another has', () => {
    const pool = { '10.0.1.5': { owner: web.pod, resource: web.resource } };
    const used = (owner: string) => ({ '10.0.1.5': { owner } });
    const keptFor = () => web;
    const { disowns, changes } = plan({ pool, used: used('default/other') }, { keptFor });
    expect(disowns).toEqual([{ pod: web.pod, address: '10.0.1.5', by: 'default/other' }]);
    expect(told(changes)).toEqual(['a 10.0.1.5 -> anybody']);
    for (const owner of [web.pod, 'router', 'default/other [restored]']) {
      expect(plan({ pool, used: used(owner) }, { keptFor })).toMatchObject({ disowns: [], changes: [] });
    }
  });

  it('ends a withdrawal for which nobody waits any more', () => {
    const owner = withdrawnMark(web.pod);
    expect(told(plan({ pool: { '10.0.1.5': { owner } } }).changes)).toEqual(['a 10.0.1.5 -> anybody']);
    const away = { '10.0.9.9': { owner } };
    expect(told(plan({ pool: away, releases: { '10.0.9.9': 'ready-for-release' } }).changes)).toEqual([
      'a 10.0.9.9 gone',
      'a 10.0.9.9 released',
    ]);
    expect(plan({ pool: { '10.0.1.5': { owner } } }, { keptFor: () => web }).changes).toEqual([]);
  });

  it('tells the agent what it may forget', () =>
    expect(
      told(plan({ pool: {}, releases: { '10.0.1.5': 'ready-for-release', '10.0.1.6': 'released' } }).changes),
    ).toEqual(['a 10.0.1.5 released']));
});
