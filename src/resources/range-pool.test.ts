import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRangeSet } from '../ip/range-set.ts';
import { newClaim } from './claim.ts';
import { objectNamePattern } from './names.ts';
import { isRangePool, newRangePool, type RangesContents } from './range-pool.ts';
import { rangesOwner } from './ranges-owner.ts';
import { addressKey, inScope, scopeId, scopeOf } from './scope.ts';

const labelValue = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

function contents(more: Partial<RangesContents> = {}): RangesContents {
  return {
    network: 'macvlan-conf',
    node: 'node1',
    networkName: undefined,
    subnet: parsePrefix('10.45.0.0/24'),
    gateway: parseAddress('10.45.0.1'),
    addresses: parseRangeSet(['10.45.0.10-10.45.0.19']),
    ...more,
  };
}

const nameOf = (more: Partial<RangesContents>): string => newRangePool(contents(more)).metadata.name;

describe('the pool of a network’s ranges', () => {
  it('has another name for another network, node, network_name, subnet, gateway or range', () => {
    const others: Partial<RangesContents>[] = [
      {},
      { node: 'node2' },
      { networkName: 'blue' },
      { networkName: 'Blue' },
      { subnet: parsePrefix('10.45.0.0/23') },
      { gateway: parseAddress('10.45.0.254') },
      { gateway: undefined },
      { addresses: parseRangeSet(['10.45.0.10-10.45.0.18']) },
      { addresses: parseRangeSet(['10.45.0.10-10.45.0.19', '10.45.0.30']) },
      ...[
        'a_b',
        'a-b',
        'A-B',
        'a.b',
        'a--b',
        'Prod',
        'prod',
        'net',
        'net-1',
        'ünïcode',
        '网络',
        '_',
        '-',
        'x'.repeat(300),
      ].map((network) => ({ network })),
    ];
    const names = others.map(nameOf);
    expect(new Set(names).size).toBe(others.length);
  });

  it('has a name and a label that every engine takes, whatever network, node and network_name are called', () => {
    const text = fc.oneof(fc.string({ minLength: 1, maxLength: 300 }), fc.string({ minLength: 1, unit: 'binary' }));
    fc.assert(
      fc.property(text, text, fc.option(text, { nil: undefined }), (network, node, networkName) => {
        const pool = newRangePool(contents({ network, node, networkName }));
        expect(pool.metadata.name).toMatch(objectNamePattern);
        expect(pool.metadata.name.length).toBeLessThan(200);
        for (const value of Object.values(pool.metadata.labels ?? {})) {
          expect(value).toMatch(labelValue);
          expect(value.length).toBeLessThan(64);
        }
        expect(rangesOwner(pool)).toEqual({ network, node, networkName });
        expect(isRangePool(pool)).toBe(true);
      }),
    );
  });

  it('is known by its name: what says something else than it is made of is none', () => {
    const pool = newRangePool(contents());
    expect(isRangePool({ ...pool, spec: { ...pool.spec, default: false, disable: false } })).toBe(true);
    for (const change of [
      { ips: ['10.45.0.10-10.45.0.20'] },
      { gateway: '10.45.0.2' },
      { nodeName: ['node2'] },
      { nodeName: ['node1', 'node2'] },
      { blockSize: 28 },
      { default: true },
      { subnet: 'nonsense' },
    ]) {
      expect(isRangePool({ ...pool, spec: { ...pool.spec, ...change } })).toBe(false);
    }
    const label = { 'berth.network/cni-network': 'macvlan-conf' };
    expect(isRangePool({ ...pool, metadata: { name: pool.metadata.name, labels: label } })).toBe(false);
  });

  it('of a former version belongs to no node', () => {
    const metadata = { name: 'cni-prod-10.0.0.0-24', labels: { 'berth.network/cni-network': 'Prod' } };
    const owner = rangesOwner({ apiVersion: '', kind: '', metadata, spec: { subnet: '10.0.0.0/24' } });
    expect(owner).toEqual({ network: 'Prod', node: undefined, networkName: undefined });
  });
});

describe('a scope', () => {
  it('is another for each other network_name, and part of a name that every engine takes', () => {
    const text = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[a-zA-Z0-9-]{1,45}$/));
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(scopeId(one) === scopeId(other)).toBe(one === other);
        expect(inScope('10.0.0.1', scopeId(one))).toMatch(objectNamePattern);
        expect(scopeOf(inScope('pool', scopeId(one)))).toBe(scopeId(one));
      }),
    );
  });

  it('makes one address two claims, and leaves those of the default scope their names', () => {
    const spec = { node: 'n', daemon: 'n', network: 'net', containerId: 'c', ifname: 'eth0', address: '10.41.0.5' };
    expect(newClaim({ ...spec, pool: 'office' }).metadata.name).toBe('10.41.0.5');
    expect(newClaim({ ...spec, pool: nameOf({ networkName: 'blue' }) }).metadata.name).toBe('10.41.0.5.scope-blue');
    expect(addressKey({ address: 'fd00::1', pool: nameOf({ networkName: 'blue' }) })).toBe('fd00::1.scope-blue');
  });
});
