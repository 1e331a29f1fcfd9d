import { describe, expect, it } from 'vitest';
import type { CiliumNode } from './cilium-node.ts';
import { type FixedPod, type PodPlan, podPlan } from './pod-plan.ts';
import { nodeOf, told } from './testing/nodes.ts';
import { withdrawnMark } from './withdrawal.ts';

const web = 'default/web-0';
const resource = 'default/StatefulSet/web';
const gone = withdrawnMark(web);
const x = '10.0.1.5';

function plan(
  nodes: readonly CiliumNode[],
  pod: Partial<FixedPod>,
  kept: readonly string[] = [x],
  fresh: string | undefined = '10.0.2.254',
): PodPlan {
  return podPlan({
    pod: { key: web, resource, node: undefined, addresses: [], isGated: false, ...pod },
    kept: kept.length === 0 ? undefined : { pod: web, resource, addresses: kept },
    families: [4],
    places: {
      withEntry: (address) => nodes.filter(({ pool }) => pool.has(address)),
      using: (address) => nodes.filter(({ used }) => used.has(address)),
    },
    fresh: () => fresh,
  });
}

const b = nodeOf('b', { podCIDRs: ['10.0.2.0/24'], pool: { '10.0.2.1': {} } });
const at = (entry: object, more: Parameters<typeof nodeOf>[1] = {}): CiliumNode =>
  nodeOf('a', { podCIDRs: ['10.0.1.0/24'], pool: { [x]: entry }, ...more });
const marked = { owner: web, resource };
const withdrawn = { owner: gone, resource };

describe('a Pod that has no address of its own yet', () => {
  it('has one put into the pool of its node with its name on it, that was in no pool', () => {
    const { record, changes } = plan([b], { node: b }, []);
    expect(record).toEqual({ pod: web, resource, addresses: ['10.0.2.254'] });
    expect(told(changes)).toEqual([`b 10.0.2.254 -> ${web}`]);
  });

  it('keeps what it has been given before there was time for that', () => {
    const { record, changes } = plan([b], { node: b, addresses: ['10.0.2.1'] }, []);
    expect(record?.addresses).toEqual(['10.0.2.1']);
    expect(told(changes)).toEqual([`b 10.0.2.1 -> ${web}`]);
  });

  it.each([
    ['is given nothing before it is sent to a node', {}],
    ['keeps no address that is not of its node', { node: b, addresses: ['10.0.9.9'] }],
  ])('%s', (_what, pod) => {
    expect(plan([b], pod, [])).toMatchObject({ record: undefined, changes: [] });
  });

  it('keeps nothing that bears the name of another', () => {
    const taken = nodeOf('b', { pool: { '10.0.2.1': { owner: 'default/other', resource } } });
    expect(plan([taken], { node: taken, addresses: ['10.0.2.1'] }, [])).toMatchObject({
      record: undefined,
      changes: [],
    });
  });

  it('waits where no address is left that was in no pool', () => {
    const { record, changes } = podPlan({
      pod: { key: web, resource, node: b, addresses: [], isGated: false },
      kept: undefined,
      families: [4],
      places: { withEntry: () => [], using: () => [] },
      fresh: () => undefined,
    });
    expect([record, changes]).toEqual([undefined, []]);
  });
});

describe('a Pod whose address is where it is', () => {
  it('needs nothing', () => {
    const a = at(marked);
    expect(plan([a, b], { node: a, addresses: [x] })).toMatchObject({
      record: undefined,
      changes: [],
      isMisplaced: false,
    });
  });

  it('has its mark again when it came back before it was gone', () => {
    const a = at(withdrawn, { releases: { [x]: 'ready-for-release' } });
    expect(told(plan([a], { node: a }).changes)).toEqual([`a ${x} -> ${web}`, `a ${x} not asked`]);
  });
});

/** From the first to the last, as agents and the controller write in turn. */
const moves: readonly (readonly [what: string, nodes: readonly CiliumNode[], steps: readonly string[]])[] = [
  ['is still used where it was: nothing is asked', [at(marked, { used: { [x]: marked } }), b], []],
  [
    'is used by nobody: its mark goes, and the agent is asked',
    [at(marked), b],
    [`a ${x} -> ${gone}`, `a ${x} marked-for-release`],
  ],
  ['has lost its mark, and the agent is not asked yet', [at(withdrawn), b], [`a ${x} marked-for-release`]],
  [
    'is asked about: nothing is done before the answer',
    [at(withdrawn, { releases: { [x]: 'marked-for-release' } }), b],
    [],
  ],
  [
    'was given in the meantime: it is asked about again when it is not used any more',
    [at(withdrawn, { releases: { [x]: 'do-not-release' }, used: { [x]: marked } }), b],
    [`a ${x} not asked`],
  ],
  ['is given up: it comes', [at(withdrawn, { releases: { [x]: 'ready-for-release' } }), b], [`b ${x} -> ${web}`]],
  [
    'is given up and has come: it goes where it was',
    [at(withdrawn, { releases: { [x]: 'ready-for-release' } }), nodeOf('b', { pool: { [x]: marked } })],
    [`a ${x} gone`, `a ${x} released`],
  ],
  ['was of a node that is gone: it comes', [b], [`b ${x} -> ${web}`]],
  ['is in no pool, and somebody has it still: it does not come', [nodeOf('a', { used: { [x]: marked } }), b], []],
  ['bears the name of another where it was: it stays', [at({ owner: 'default/other', resource }), b], []],
];

describe('the address of a Pod that comes to another node', () => {
  it.each(moves)('%s', (_what, nodes, steps) => {
    const node = nodes.find(({ name }) => name === 'b');
    expect(told(plan(nodes, { node }).changes)).toEqual(steps);
  });

  it('is told of when the Pod got another in the meantime', () => {
    expect(plan([at(marked), b], { node: b, addresses: ['10.0.2.1'] })).toMatchObject({
      isMisplaced: true,
      record: undefined,
    });
  });

  it('is asked back on its own node when somebody took the mark away there', () => {
    const a = at({});
    const first = plan([a], { node: a });
    expect(told(first.changes)).toEqual([`a ${x} -> ${withdrawnMark('')}`, `a ${x} marked-for-release`]);
    const answered = at({ owner: withdrawnMark('') }, { releases: { [x]: 'ready-for-release' } });
    expect(told(plan([answered], { node: answered }).changes)).toEqual([`a ${x} -> ${web}`, `a ${x} not asked`]);
  });
});

describe('a Pod that waits behind a gate', () => {
  it.each([
    ['is free when it has no address yet', [b], [], true, []],
    ['is not free while its address is used', [at(marked, { used: { [x]: marked } })], [x], false, []],
    ['has its address taken back first', [at(marked)], [x], false, [`a ${x} -> ${gone}`, `a ${x} marked-for-release`]],
    [
      'is free when its address is given up',
      [at(withdrawn, { releases: { [x]: 'ready-for-release' } })],
      [x],
      true,
      [],
    ],
    ['is free when its node is gone', [b], [x], true, []],
  ] as const)('%s', (_what, nodes, kept, isFree, steps) => {
    const made = plan(nodes, { isGated: true }, kept);
    expect(made.isFree).toBe(isFree);
    expect(told(made.changes)).toEqual(steps);
  });
});

describe('families', () => {
  it('are kept each by itself', () => {
    const node = nodeOf('b', { pool: { '10.0.2.1': {}, 'fd00::1': {} } });
    const { record, changes } = podPlan({
      pod: { key: web, resource, node, addresses: ['10.0.2.1', 'fd00::1'], isGated: false },
      kept: { pod: web, resource, addresses: ['10.0.2.1'] },
      families: [4, 6],
      places: { withEntry: () => [node], using: () => [] },
      fresh: () => undefined,
    });
    expect(record?.addresses).toEqual(['10.0.2.1', 'fd00::1']);
    expect(told(changes)).toContain(`b fd00::1 -> ${web}`);
  });
});
