import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../ip/address.ts';
import { nobodysNode } from '../foreign.ts';
import { importLeases } from '../import-leases.ts';
import { type WhereaboutsFacts, whereaboutsHoldings } from './holdings.ts';

const pool = (name: string, range: string, allocations: Record<string, unknown> = {}) => ({
  metadata: { name, namespace: 'kube-system' },
  spec: { range, allocations },
});
const held = (id: string, podref = `shop/${id}`) => ({ id, podref, ifname: 'net1' });
const nets = (...sections: readonly object[]) => sections.map((ipam, at) => ({ name: `net${at}`, ipam }));

function read(facts: Partial<WhereaboutsFacts>) {
  const found = whereaboutsHoldings({ pools: [], reservations: [], networks: [], network: undefined, ...facts });
  const options = { pools: found.pools, daemon: nobodysNode, advice: 'delete the Pod' };
  const { claims, conflicts, warnings } = importLeases(found.leases, options);
  return {
    pools: Object.fromEntries(found.pools.map(({ metadata, spec }) => [metadata.name, spec])),
    claims: claims.map(({ metadata, spec }) => `${metadata.name} ${spec.containerId}`),
    conflicts: [...found.conflicts, ...conflicts].map(({ subject, reason }) => `${subject}: ${reason}`),
    warnings: [...found.warnings, ...warnings].join('\n'),
    leftOut: found.leftOut,
    leases: found.leases.map(({ address }) => formatAddress(address)),
  };
}

describe('what whereabouts has given out', () => {
  it.each([
    [
      'a range that only a file of the nodes has',
      {},
      /net0"?: whereabouts\.d\/whereabouts\.conf of its nodes is not read/,
    ],
    [
      'a file that the network names',
      { range: '10.1.0.0/24', configuration_path: '/etc/w.conf' },
      /\/etc\/w\.conf of its nodes is not read/,
    ],
    ['a network that says all itself', { range: '10.1.0.0/24' }, /^$/],
  ])('is told with a warning of %s', (_what, section, warning) => {
    const pools = [pool('10.1.0.0-24', '10.1.0.0/24', { 7: held('c') })];
    const { warnings, claims } = read({ pools, networks: nets(section), network: 'net0' });
    expect(
      warnings
        .split('\n')
        .filter((one) => !one.includes('no network tells'))
        .join('\n'),
    ).toMatch(warning);
    expect(claims).toEqual(['10.1.0.7 c']);
  });

  it('is read by indices that are negative, as Go writes them', () => {
    const pools = [pool('caa5---64', 'caa5::/64', { '-3844666706890850303': held('c1') })];
    expect(read({ pools })).toMatchObject({ conflicts: [], leases: ['caa5::caa5:0:0:1'] });
  });

  it.each([
    [
      '999999999999',
      held('c'),
      /allocation "999999999999" of IPPool "a" in namespace kube-system: its index is no address/,
    ],
    ['1e3', held('c'), /allocation "1e3" of IPPool "a" in namespace kube-system/],
    ['-1', held('c'), /allocation "-1"/],
    ['', held('c'), /allocation ""/],
    ['5', { id: '', podref: '' }, /allocation "5".*no container and no Pod/],
    ['5', null, /allocation "5".*no container and no Pod/],
    ['5', 'text', /allocation "5"/],
    ['5', held('c/d'), /allocation "5".*"c\/d" is not letters/],
    ['300', held('c'), /10\.1\.1\.44: no pool has it; Pod shop\/c \(allocation "300"/],
  ])('and cannot be read is a conflict: %s', (index, allocation, message) => {
    const { conflicts, claims } = read({ pools: [pool('a', '10.1.0.0/24', { [index]: allocation, 7: held('ok') })] });
    expect(conflicts.join('\n')).toMatch(message);
    expect(conflicts.join('\n').length).toBeLessThan(300);
    expect(claims).toEqual(['10.1.0.7 ok']);
  });

  it.each([
    [{ metadata: { name: 'a' }, spec: { range: 'x' } }, /IPPool "a": spec.range "x" is no prefix/],
    [{ metadata: { name: 'a' }, spec: { range: '10.1.0.0/24', allocations: [] } }, /spec.allocations is no map/],
    [{ metadata: { name: 'a' } }, /spec.range nothing is no prefix/],
    [{}, /IPPool "": it has no name/],
    [null, /IPPool "": it has no name/],
  ])('in an object that cannot be read is a conflict (%j)', (object, message) => {
    expect(read({ pools: [object] }).conflicts.join('\n')).toMatch(message);
  });

  it('twice, under two spellings of one index, is a conflict of its two holders', () => {
    const { conflicts } = read({ pools: [pool('a', '10.1.0.0/24', { 5: held('c1'), '+05': held('c2') })] });
    expect(conflicts).toEqual([
      expect.stringMatching(/10\.1\.0\.5: held by Pod shop\/c1 \(.*\), and by Pod shop\/c2 \(/),
    ]);
  });

  it('counts from the address that the range names', () => {
    expect(read({ pools: [pool('a', '10.1.0.9/24', { 2: held('c') })] }).claims).toEqual(['10.1.0.11 c']);
  });

  it('of a range wider than /64 is the address that is reserved for the same Pod', () => {
    const pools = [pool('a', 'fd00::/48', { 16: held('c1'), 17: held('c2'), 18: held('c3') })];
    const reservation = (name: string, podref: string) => ({ metadata: { name }, spec: { podref, ifname: 'net1' } });
    const reservations = [reservation('fd00-0-0-5--10', 'shop/c1'), reservation('fd00--11', 'shop/c2')];
    const { leases, conflicts, leftOut } = read({ pools, reservations });
    expect(leases).toEqual(['fd00:0:0:5::10', 'fd00::11']);
    expect(conflicts).toEqual([expect.stringMatching(/allocation "18".*stands for fd00::12 and for every 2\^64th/)]);
    expect(leftOut).toEqual([]);
  });

  it('in networks that never meet is kept in both, each in its scope', () => {
    const pools = ['a', 'b'].map((name) => pool(`net-${name}-10.41.0.0-24`, '10.41.0.0/24', { 5: held(`c-${name}`) }));
    const networks = nets(
      { range: '10.41.0.0/24', network_name: 'net-a' },
      { range: '10.41.0.0/24', network_name: 'net-b' },
    );
    expect(read({ pools, networks })).toMatchObject({
      conflicts: [],
      claims: ['10.41.0.5.scope-net-a c-a', '10.41.0.5.scope-net-b c-b'],
    });
  });

  it('in two overlapping ranges of networks that meet is a conflict', () => {
    const pools = [
      pool('10.1.0.0-24', '10.1.0.0/24', { 5: held('c1') }),
      pool('10.1.0.0-16', '10.1.0.0/16', { 5: held('c2') }),
    ];
    expect(read({ pools }).conflicts).toEqual([
      expect.stringMatching(/10\.1\.0\.5: held by Pod shop\/c1 .*, and by Pod shop\/c2 /),
    ]);
  });

  it('at addresses that its pool would not give is claimed all the same, with a warning', () => {
    const networks = nets({
      range: '10.1.0.0/24',
      gateway: '10.1.0.1',
      exclude: ['10.1.0.64/26'],
      range_end: '10.1.0.200',
    });
    const indices = { 0: held('net'), 1: held('gw'), 70: held('ex'), 220: held('end'), 255: held('bc'), 9: held('ok') };
    const { claims, conflicts, warnings } = read({ pools: [pool('10.1.0.0-24', '10.1.0.0/24', indices)], networks });
    expect(conflicts).toEqual([]);
    expect(claims.length).toBe(6);
    expect(warnings).toMatch(/10\.1\.0\.0, .*is the network address of pool/);
    expect(warnings).toMatch(/10\.1\.0\.1, .*is the gateway of pool/);
    expect(warnings).toMatch(/10\.1\.0\.255, .*is the broadcast address of pool/);
    expect(warnings).toMatch(/10\.1\.0\.70, .*no address that the ranges or exclusions leave/);
    expect(warnings).not.toMatch(/10\.1\.0\.9,/);
  });
});

describe('the pool of a whereabouts range', () => {
  const ips = (section: object, range = '10.1.0.0/24') =>
    read({ pools: [pool(range.replace('/', '-'), range)], networks: nets(section) }).pools[
      `whereabouts-${range.replace('/', '-')}`
    ]?.ips;

  it.each([
    [{ range: '10.1.0.0/24' }, ['10.1.0.1-10.1.0.254']],
    [{ Range: '010.1.0.77/024', RANGE_START: '10.1.0.010' }, ['10.1.0.10-10.1.0.254']],
    [{ range: '10.1.0.20-10.1.0.90/24' }, ['10.1.0.20-10.1.0.90']],
    [{ range: '10.1.0.0/24', range_start: '10.1.0.20', range_end: '10.1.0.90' }, ['10.1.0.20-10.1.0.90']],
    [{ range: '10.1.0.0/24', range_start: '10.9.0.20', range_end: 'nonsense' }, ['10.1.0.1-10.1.0.254']],
    [{ range: '10.1.0.0/24', range_start: '10.1.0.90', range_end: '10.1.0.20' }, ['10.1.0.90-10.1.0.254']],
    [
      { range: '10.1.0.0/24', exclude: ['10.1.0.9', '10.1.0.200/25', '10.1.0.8/31'] },
      ['10.1.0.1-10.1.0.7', '10.1.0.10-10.1.0.127'],
    ],
    [{ range: '10.1.0.0/24', gateway: '10.1.0.1' }, ['10.1.0.2-10.1.0.254']],
    [
      {
        ipRanges: [
          { range: '10.1.0.0/24', range_end: '10.1.0.9' },
          { range: '10.1.0.0/24', range_start: '10.1.0.5', range_end: '10.1.0.12' },
        ],
      },
      ['10.1.0.1-10.1.0.12'],
    ],
  ])('has what whereabouts gives out of %j', (section, expected) => {
    expect(ips(section)).toEqual(expected);
  });

  it.each([
    { range: '10.1.0.0' },
    { range: '10.1.0.0/33' },
    { range: '10.2.0.5-10.1.0.9/24' },
    { range: '10.1.0.0/24', exclude: ['x'] },
    { range: '10.1.0.0/24', gateway: 'x' },
    { ipRanges: [{ range: '10.1.0.0/24', range_start: 'x' }] },
    { ipRanges: {} },
  ])('is not made while a network cannot be read: %j', (ipam) => {
    expect(read({ networks: nets(ipam) }).conflicts).toEqual([expect.stringMatching(/^network "net0": ipam\./)]);
  });

  it('has the ranges of all the networks that use it, and one gateway', () => {
    const pools = [pool('10.1.0.0-24', '10.1.0.0/24', { 30: held('c') })];
    const a = { range: '10.1.0.0/24', range_start: '10.1.0.10', range_end: '10.1.0.20', gateway: '10.1.0.1' };
    const b = { range: '10.1.0.0/24', range_start: '10.1.0.30', range_end: '10.1.0.40', gateway: '10.1.0.1' };
    expect(read({ pools, networks: nets(a, b), network: 'net1' }).pools['whereabouts-10.1.0.0-24']?.ips).toEqual([
      '10.1.0.10-10.1.0.20',
      '10.1.0.30-10.1.0.40',
    ]);
    const { conflicts } = read({ pools, networks: nets(a, { ...b, gateway: '10.1.0.2' }) });
    expect(conflicts).toEqual([expect.stringMatching(/different gateways: 10\.1\.0\.1 \(.*"net0"\), 10\.1\.0\.2 \(/)]);
  });

  it('stays as the first run has made it, whatever the networks tell later', () => {
    const pools = [pool('10.1.0.0-24', '10.1.0.0/24', { 30: held('c') })];
    const spec = { subnet: '10.1.0.0/24', ips: ['10.1.0.10-10.1.0.40'], gateway: '10.1.0.1' };
    const name = 'whereabouts-10.1.0.0-24';
    const made = new Map([[name, { apiVersion: '', kind: 'SpiderIPPool', metadata: { name }, spec } as const]]);
    expect(read({ pools, made }).pools[name]).toEqual(spec);
    const networks = nets({ range: '10.1.0.0/24', range_end: '10.1.0.20' });
    expect(read({ pools, made, networks }).pools[name]).toEqual(spec);
    expect(read({ pools }).warnings).toMatch(/its pool offers all of 10\.1\.0\.0\/24/);
  });

  it('is left out when no network uses the range and nothing of it is out', () => {
    const { pools, leftOut } = read({ pools: [pool('10.1.0.0-24', '10.1.0.0/24')] });
    expect(pools).toEqual({});
    expect(leftOut).toEqual([
      {
        subject: 'IPPool "10.1.0.0-24" in namespace kube-system',
        reason: 'no network uses it, and nothing of it is out',
      },
    ]);
  });

  it('of a node’s slice is for that node, in the subnet of the whole', () => {
    const slices = [
      {
        metadata: { name: 'net0' },
        spec: { range: '10.0.0.0/16', sliceSize: '/24' },
        status: {
          allocations: [
            { nodeName: 'n1', sliceRange: '10.0.1.0/24' },
            { nodeName: 'n2', sliceRange: '10.0.2.0/24' },
            { nodeName: '', sliceRange: '10.0.3.0/24' },
          ],
        },
      },
    ];
    const networks = nets({
      range: '10.0.0.0/16',
      node_slice_size: '/24',
      gateway: '10.0.255.1',
      exclude: ['10.0.1.0/28'],
    });
    const found = read({ pools: [pool('n1-10.0.1.0-24', '10.0.1.0/24', { 5: held('c') })], slices, networks });
    expect(found).toMatchObject({ conflicts: [], claims: ['10.0.1.5 c'] });
    const common = { ipVersion: 4, subnet: '10.0.0.0/16', gateway: '10.0.255.1' };
    expect(found.pools).toEqual({
      'whereabouts-n1-10.0.1.0-24': { ...common, ips: ['10.0.1.1-10.0.1.254'], nodeName: ['n1'] },
      'whereabouts-n2-10.0.2.0-24': { ...common, ips: ['10.0.2.1-10.0.2.254'], nodeName: ['n2'] },
    });
  });

  it('claims what is only reserved while its Pod is there', () => {
    const pools = [pool('10.1.0.0-24', '10.1.0.0/24'), pool('a-b-fd00---64', 'fd00::/64')];
    const reservation = (name: string, podref: string) => ({ metadata: { name }, spec: { podref } });
    const reservations = [
      reservation('10.1.0.7', 'shop/there'),
      reservation('10.1.0.8', 'shop/gone'),
      reservation('a-b-fd00--9', 'shop/there'),
      reservation('x-10.1.0.9', 'shop/there'),
    ];
    const { claims, leftOut } = read({ pools, reservations, alive: new Set(['shop/there']) });
    expect(claims).toEqual(['10.1.0.7 pod-shop-there', 'fd00-0-0-0-0-0-0-9.scope-a-b pod-shop-there']);
    expect(leftOut.map(({ subject }) => subject)).toEqual([
      'OverlappingRangeIPReservation "10.1.0.8"',
      'OverlappingRangeIPReservation "x-10.1.0.9"',
    ]);
  });

  it('leaves addresses that a configuration names itself to its reader', () => {
    const networks = nets({ range: '10.1.0.0/24', addresses: [{ address: '10.1.0.7/24' }] });
    expect(read({ networks }).warnings).toMatch(/gives 10\.1\.0\.7\/24 to its Pods .*reserve them/);
  });
});
