import { describe, expect, it } from 'vitest';
import { type ClaimSpec, claimKind } from '../resources/claim.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { parseSubnet, subnetKind } from '../resources/subnet.ts';
import { nobodysNode } from './foreign.ts';
import { importLeases } from './import-leases.ts';
import { spiderpoolLeases, withListedAddresses } from './spiderpool.ts';

const pool = (name: string, subnet: string, status: unknown, spec: object = {}): Resource => ({
  apiVersion: 'spiderpool.spidernet.io/v2beta1',
  kind: 'SpiderIPPool',
  metadata: { name },
  spec: { subnet, ips: [`${subnet.replace('0/24', '10')}-${subnet.replace('0/24', '20')}`], ...spec },
  status:
    typeof status === 'object' && status !== null ? { allocatedIPs: JSON.stringify(status) } : { allocatedIPs: status },
});
const pod = (name: string) => ({ pod: `shop/${name}`, podUid: `u-${name}` });

function read(resources: readonly Resource[], endpoints: readonly Resource[] = []) {
  const found = spiderpoolLeases(resources, endpoints, 'net');
  const imported = importLeases(found.leases, { pools: resources, daemon: nobodysNode, advice: 'delete the Pod' });
  return {
    claims: imported.claims.map(({ kind, spec }) =>
      kind === claimKind ? `${spec.address} ${spec.pool} ${spec.podName}` : '',
    ),
    conflicts: [...found.conflicts, ...imported.conflicts].map(({ subject, reason }) => `${subject}: ${reason}`),
    warnings: [...found.warnings, ...imported.warnings].join('\n'),
  };
}

describe('what Spiderpool has given out', () => {
  it('is what the status of its pools says, under any spelling', () => {
    const blue = pool('blue', '10.1.0.0/24', { '10.1.0.10': pod('a'), '::ffff:10.1.0.11': pod('b') });
    expect(read([blue])).toEqual({
      claims: ['10.1.0.10 blue a', '10.1.0.11 blue b'],
      conflicts: [],
      warnings: '',
    });
  });

  it.each([
    ['{', /SpiderIPPool "blue": status\.allocatedIPs is not what Spiderpool writes/],
    ['[]', /SpiderIPPool "blue": status\.allocatedIPs is not/],
    [7, /SpiderIPPool "blue": status\.allocatedIPs is not/],
    [{ '10.1.0.999': pod('a') }, /10\.1\.0\.999 in status\.allocatedIPs of SpiderIPPool "blue": it is no address/],
    [{ '10.1.0.10': { pod: '', podUid: '' } }, /10\.1\.0\.10 in .*"blue": it names no Pod/],
    [{ '10.1.0.10': null }, /it names no Pod/],
    [
      { '10.1.0.10': pod('a'), '::ffff:10.1.0.10': pod('b') },
      /10\.1\.0\.10: held by Pod shop\/a .*, and by Pod shop\/b/,
    ],
    [{ '10.9.0.10': pod('a') }, /10\.9\.0\.10: no pool has it; Pod shop\/a/],
  ])('and cannot be read is a conflict, and the other pools are read: %j', (status, message) => {
    const green = pool('green', '10.2.0.0/24', { '10.2.0.10': pod('g') });
    const { conflicts, claims } = read([pool('blue', '10.1.0.0/24', status), green]);
    expect(conflicts.join('\n')).toMatch(message);
    expect(claims).toContain('10.2.0.10 green g');
  });

  it.each([undefined, null, '', 'null', '{}'])('is nothing when the status says %j', (status) => {
    expect(read([pool('blue', '10.1.0.0/24', status)])).toEqual({ claims: [], conflicts: [], warnings: '' });
  });

  it('in a pool that cannot be read is a conflict', () => {
    const { conflicts } = read([pool('blue', '10.1.0.0/24', { '10.1.0.10': pod('a') }, { ips: ['x'] })]);
    expect(conflicts.join('\n')).toMatch(/^SpiderIPPool "blue": spec: ips\.0: "x" is not an IP address/);
  });

  it('and is reserved, excluded or the gateway by now is claimed all the same, with a warning', () => {
    const status = { '10.1.0.10': pod('a'), '10.1.0.11': pod('b'), '10.1.0.12': pod('c'), '10.1.0.13': pod('d') };
    const blue = pool('blue', '10.1.0.0/24', status, { excludeIPs: ['10.1.0.10'], gateway: '10.1.0.11' });
    const reserved: Resource = {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderReservedIP',
      metadata: { name: 'r' },
      spec: { ips: ['10.1.0.12'] },
    };
    const { claims, conflicts, warnings } = read([blue, reserved]);
    expect(claims.length).toBe(4);
    expect(conflicts).toEqual([]);
    expect(warnings.split('\n')).toEqual([
      expect.stringMatching(/10\.1\.0\.10, .*no address that the ranges or exclusions leave/),
      expect.stringMatching(/10\.1\.0\.11, .*is the gateway of pool "blue"/),
      expect.stringMatching(/10\.1\.0\.12, .*is a reserved address of pool "blue"/),
    ]);
  });

  it('is also what only an endpoint still says, and what is missing is told', () => {
    const endpoint: Resource = {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderEndpoint',
      metadata: { name: 'b', namespace: 'shop' },
      spec: {},
      status: {
        current: { uid: 'u-b', node: 'n', ips: [{ interface: 'net1', ipv4: '10.1.0.12/24', ipv4Pool: 'blue' }] },
      },
    };
    const blue = pool('blue', '10.1.0.0/24', { '10.1.0.10': pod('a') });
    const counted = { ...blue, status: { ...(blue.status as object), allocatedIPCount: 3 } };
    const { claims, warnings } = read([counted], [endpoint]);
    expect(claims).toEqual(['10.1.0.10 blue a', '10.1.0.12 blue b']);
    expect(warnings).toMatch(/status counts 3 addresses that are out, and names 1/);
    expect(warnings).toMatch(/SpiderEndpoint "shop\/b" has 10\.1\.0\.12, which SpiderIPPool "blue" does not record/);
  });
});

describe('for whom Spiderpool keeps an address', () => {
  const endpoint = (name: string, ownerControllerType: string, ownerControllerName: string): Resource => ({
    apiVersion: 'spiderpool.spidernet.io/v2beta1',
    kind: 'SpiderEndpoint',
    metadata: { name, namespace: 'shop' },
    spec: {},
    status: {
      ownerControllerType,
      ownerControllerName,
      current: { uid: `u-${name}`, node: 'n', ips: [{ interface: 'eth0', ipv4: '10.1.0.10/24', ipv4Pool: 'blue' }] },
    },
  });

  it.each<[string, Resource, string | undefined]>([
    ['a Pod of a StatefulSet', endpoint('web-0', 'StatefulSet', 'web'), 'StatefulSet web of Pod web-0'],
    [
      'a virtual machine, by its own name',
      endpoint('vm', 'VirtualMachineInstance', 'vm'),
      'VirtualMachine vm of Pod vm',
    ],
    ['a Deployment’s Pod: nobody', endpoint('web-5d8f-x', 'Deployment', 'web'), undefined],
    ['a Pod of nobody', endpoint('lone', 'Pod', 'lone'), undefined],
    ['a Pod that its StatefulSet did not name', endpoint('stray', 'StatefulSet', 'web'), undefined],
    ['an endpoint that does not say', endpoint('web-0', '', ''), undefined],
  ])('%s: also after the migration', (_, told, expected) => {
    const { name } = told.metadata;
    for (const status of [{ '10.1.0.10': pod(name) }, {}]) {
      const blue = pool('blue', '10.1.0.0/24', status);
      const { leases } = spiderpoolLeases([blue], [told], 'net');
      const { claims } = importLeases(leases, { pools: [blue], daemon: nobodysNode, advice: '' });
      const kept = claims.map(({ spec }) => spec as ClaimSpec).filter(({ ownerName }) => ownerName !== undefined);
      const texts = kept.map(({ ownerKind, ownerName, podName }) => `${ownerKind} ${ownerName} of Pod ${podName}`);
      expect(texts).toEqual(expected === undefined ? [] : [expected]);
    }
  });
});

const of = (kind: string, spec: object) => ({ apiVersion: spiderpoolVersion, kind, metadata: { name: 'one' }, spec });

describe('a pool of Spiderpool', () => {
  it('without a list of addresses offers none, also after the migration', () => {
    const spec = { ipVersion: 4, subnet: '172.19.0.0/16', gateway: '172.19.0.1', default: true };
    expect(parsePool(withListedAddresses(of(poolKind, spec))).usable.ranges).toEqual([]);
    expect(parseSubnet(withListedAddresses(of(subnetKind, { subnet: spec.subnet }))).controlled.ranges).toEqual([]);
    const listed = of(poolKind, { ...spec, ips: ['172.19.0.5'] });
    expect(withListedAddresses(listed)).toEqual(listed);
  });
});
