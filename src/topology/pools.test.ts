import { describe, expect, it } from 'vitest';
import { type PoolResource, type PoolSpec, parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { loadTopology } from './load.ts';
import { harmlessWrites, poolWrites } from './pools.ts';

const topology = (...tors: string[]) =>
  loadTopology(`zones: [{id: zone-a, pods: [{id: pod-1, tors: [${tors.join(', ')}]}]}]`, 'dc.yaml').topology;
const one = topology('{id: tor-1, subnets: [{cidr: 10.0.0.0/24, gateway: 10.0.0.1}]}');
const made = poolWrites(one, 'default', []).apply;
const changed = (spec: Partial<PoolSpec>, labels: Record<string, string> = {}): PoolResource[] =>
  made.map((pool) => ({
    ...pool,
    metadata: { ...pool.metadata, labels: { ...labels, ...pool.metadata.labels } },
    spec: { ...pool.spec, ...spec },
  }));

describe('the pools of a topology', () => {
  it('are one for each subnet, for the nodes of its place, and default where that is its purpose', () => {
    const { apply, remove } = poolWrites(
      topology('{id: tor-1, subnets: [{cidr: 10.0.0.0/24, block_size: 28}, {cidr: 2001:db8::/64, purpose: storage}]}'),
      'default',
      [],
    );
    expect(apply.map(({ metadata, spec }) => ({ ...metadata, ...spec }))).toEqual([
      {
        name: 'topology-10.0.0.0-24',
        labels: { 'berth.network/topology': 'default', 'berth.network/topology-tor': 'tor-1' },
        subnet: '10.0.0.0/24',
        blockSize: 28,
        default: true,
        purpose: 'default',
        topologyAffinity: { tor: ['tor-1'] },
      },
      {
        name: 'topology-2001-db8-0-0-0-0-0-0-64',
        labels: { 'berth.network/topology': 'default', 'berth.network/topology-tor': 'tor-1' },
        subnet: '2001:db8::/64',
        default: false,
        purpose: 'storage',
        topologyAffinity: { tor: ['tor-1'] },
      },
    ]);
    expect(remove).toEqual([]);
    for (const pool of apply) expect(() => parsePool(pool)).not.toThrow();
  });

  it('are written once, and go with their subnet', () => {
    expect(poolWrites(one, 'default', made)).toEqual({ apply: [], remove: [] });
    expect(poolWrites(topology(), 'default', made)).toEqual({ apply: [], remove: ['topology-10.0.0.0-24'] });
    expect(poolWrites(undefined, 'default', made)).toEqual({ apply: [], remove: ['topology-10.0.0.0-24'] });
  });

  it('keep what operators say of them, and not what the topology decides', () => {
    const theirs = changed(
      { excludeIPs: ['10.0.0.9'], disable: true, gateway: '10.0.0.254', vlan: 3 },
      { team: 'red' },
    );
    const [pool] = poolWrites(one, 'default', theirs).apply;
    expect(pool?.spec).toEqual({ ...made[0]?.spec, excludeIPs: ['10.0.0.9'], disable: true });
    expect(pool?.metadata.labels).toEqual({ team: 'red', ...made[0]?.metadata.labels });
  });

  it('move to another place under the same name', () => {
    const moved = topology('{id: tor-1}', '{id: tor-2, subnets: [{cidr: 10.0.0.0/24, gateway: 10.0.0.1}]}');
    const { apply, remove } = poolWrites(moved, 'default', made);
    expect(remove).toEqual([]);
    expect(apply.map(({ metadata, spec }) => [metadata.name, metadata.labels, spec.topologyAffinity])).toEqual([
      [
        'topology-10.0.0.0-24',
        { 'berth.network/topology': 'default', 'berth.network/topology-tor': 'tor-2' },
        { tor: ['tor-2'] },
      ],
    ]);
  });

  it('are told from pools that people made', () => {
    const own: PoolResource = {
      ...{ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: 'topology-of-mine' } },
      spec: { subnet: '10.9.0.0/24' },
    };
    expect(poolWrites(undefined, 'default', [own])).toEqual({ apply: [], remove: [] });
  });
});

describe('of what a topology would have written', () => {
  const elsewhere = topology('{id: tor-2, subnets: [{cidr: 10.0.0.0/24, gateway: 10.0.0.1}]}');
  const other = topology('{id: tor-1, subnets: [{cidr: 10.0.0.0/24, gateway: 10.0.0.2}]}');
  const none = topology();
  const [name = ''] = made.map(({ metadata }) => metadata.name);

  it.each([
    ['a pool moves that is empty', elsewhere, false, [name], [], []],
    [
      'one that moves waits while addresses of it are out',
      elsewhere,
      true,
      [],
      [],
      ['would move from tor tor-1 to tor tor-2'],
    ],
    ['what leaves it where it is is written at once', other, true, [name], [], []],
    ['a pool goes that is empty', none, false, [], [name], []],
    ['one that goes waits while addresses of it are out', none, true, [], [], ['is in no place any more']],
  ])('%s', (_, after, isHeld, apply, remove, why) => {
    const safe = harmlessWrites(poolWrites(after, 'default', made), made, () => isHeld);
    expect(safe.apply.map(({ metadata }) => metadata.name)).toEqual(apply);
    expect(safe.remove).toEqual(remove);
    expect(safe.waiting.map((one) => one.why)).toEqual(why.map((text) => expect.stringContaining(text)));
  });
});
