import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calicoHoldings } from './calico/holdings.ts';
import { type ForeignLease, nobodysNode } from './foreign.ts';
import { hostLocalLeases } from './host-local.ts';
import { importLeases } from './import-leases.ts';
import { kubeIpamHoldings, kubeIpamPrefix } from './kube-ipam.ts';
import { spiderpoolLeases } from './spiderpool.ts';
import { whereaboutsHoldings } from './whereabouts/holdings.ts';

const odd = fc.oneof(
  fc.jsonValue(),
  fc.string(),
  fc.constantFrom<unknown>(undefined, null, '', '0', '-1', '1e3', '0x10', '4294967295', '10.1.0.5', 'fd00::5', '::/0'),
);
const record = (...keys: readonly string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), odd, { maxKeys: 5 });

/** Each is a claim or a conflict, or is said to be left out: none is lost. */
function imported(leases: readonly ForeignLease[], pools: readonly never[] | readonly unknown[]) {
  const advice = 'mend it';
  return importLeases(leases, { pools: pools as never, daemon: nobodysNode, advice });
}

describe('what other IPAMs have written', () => {
  it('of whereabouts is read or a conflict, whatever it is', () => {
    const allocation = fc.oneof(record('id', 'podref', 'ifname'), odd);
    const index = fc.oneof(fc.bigInt({ min: -(1n << 64n), max: 1n << 64n }).map(String), fc.string());
    const range = fc.constantFrom(
      '10.1.0.0/24',
      '10.1.0.9/24',
      'caa5::/64',
      'fd00::/48',
      '0.0.0.0/0',
      '255.255.255.0/24',
      'x',
    );
    const pool = fc.record({
      metadata: fc.record({ name: fc.constantFrom('10.1.0.0-24', 'net-10.1.0.0-24', 'n1-10.1.0.0-24', 'x') }),
      spec: fc.record({ range: fc.oneof(range, odd), allocations: fc.oneof(fc.dictionary(index, allocation), odd) }),
    });
    const ipam = record(
      'range',
      'range_start',
      'range_end',
      'exclude',
      'ipRanges',
      'gateway',
      'network_name',
      'addresses',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pool, odd), { maxLength: 3 }),
        fc.array(odd, { maxLength: 2 }),
        fc.array(ipam, { maxLength: 3 }),
        (pools, others, sections) => {
          const networks = sections.map((section, at) => ({ name: `net${at}`, ipam: section }));
          const facts = { pools, reservations: others, slices: others, networks, network: undefined };
          const found = whereaboutsHoldings(facts);
          const { claims, conflicts } = imported(found.leases, found.pools);
          const all = [...found.conflicts, ...conflicts];
          expect(claims.length + all.length).toBeGreaterThanOrEqual(Math.sign(found.leases.length));
          expect(all.every(({ reason }) => reason.length < 2_000)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of host-local is read, a conflict or left out, whatever it is', () => {
    const name = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constantFrom('lock', 'last_reserved_ip.0'));
    const text = fc.oneof(
      fc.string(),
      fc.string().map((id) => `${id}\r\neth0`),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ name, text, at: fc.nat() })), (files) => {
        const { leases, conflicts, leftOut } = hostLocalLeases('net', files);
        const own = files.filter(({ name: one }) => one !== 'lock' && !one.startsWith('last_reserved_ip.'));
        expect(leases.length + conflicts.length + leftOut.length).toBe(own.length);
        imported(
          leases.map((lease) => ({ ...lease, pools: [] })),
          [],
        );
      }),
    );
  });

  it('of kube-ipam is read or a conflict, whatever it is', () => {
    const path = fc.oneof(
      fc.constantFrom('net', 'net/used/10.1.0.5', 'net/used/', 'net/lock', 'net/lastReserved/0'),
      fc.string(),
    );
    const range = record('subnet', 'rangeStart', 'rangeEnd', 'gateway');
    const value = fc.oneof(
      fc.string(),
      odd.map((one) => JSON.stringify(one) ?? ''),
      fc.array(fc.array(range)).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            path.map((one) => kubeIpamPrefix + one),
            value,
          ),
        ),
        (entries) => {
          const { pools, leases, conflicts } = kubeIpamHoldings(entries);
          const used = entries.filter(([key]) => /^[^/]+\/used(\/[^/]*)?$/.test(key.slice(kubeIpamPrefix.length)));
          expect(leases.length + conflicts.length).toBeGreaterThanOrEqual(used.length);
          imported(leases, pools);
        },
      ),
    );
  });

  it('of Spiderpool is read or a conflict, whatever it is', () => {
    const allocation = fc.oneof(record('pod', 'podUid', 'interface'), odd);
    const text = fc.oneof(
      fc.dictionary(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), allocation).map((one) => JSON.stringify(one)),
      odd,
    );
    fc.assert(
      fc.property(text, odd, (allocatedIPs, current) => {
        const pool = {
          apiVersion: '',
          kind: 'SpiderIPPool',
          metadata: { name: 'blue' },
          spec: {},
          status: { allocatedIPs },
        };
        const endpoint = {
          apiVersion: '',
          kind: 'SpiderEndpoint',
          metadata: { name: 'e', namespace: 'n' },
          spec: {},
          status: { current },
        };
        const { leases } = spiderpoolLeases([pool], [endpoint], 'net');
        imported(leases, [pool]);
      }),
    );
  });

  it('of Calico is read, a conflict or left out, whatever it is', () => {
    const texts = fc.dictionary(
      fc.constantFrom('pod', 'namespace', 'node', 'type', 'vmi-name', 'timestamp'),
      fc.string(),
    );
    const handle = fc.constantFrom('net.c1', 'net.vmi.shop.vm', 'net.vmi._h', 'x', '');
    const attributes = fc.oneof(
      fc.record({
        handle_id: fc.oneof(handle, odd),
        secondary: fc.oneof(texts, odd),
        releasedAt: fc.constantFrom('', null),
      }),
      odd,
    );
    const block = fc.record({
      metadata: fc.record({ name: fc.constant('b') }),
      spec: fc.record({
        cidr: fc.oneof(fc.constantFrom('10.1.0.0/30', 'fd00::/126', '255.255.255.252/30'), odd),
        allocations: fc.oneof(
          fc.array(fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constant(null)), { maxLength: 5 }),
          odd,
        ),
        attributes: fc.oneof(fc.array(attributes, { maxLength: 3 }), odd),
      }),
    });
    const spec = record('cidr', 'nodeSelector', 'namespaceSelector', 'allowedUses', 'assignmentMode', 'reservedCIDRs');
    const other = fc.oneof(fc.record({ metadata: fc.record({ name: fc.string() }), spec }), odd);
    fc.assert(
      fc.property(fc.array(fc.oneof(block, odd)), fc.array(other), (blocks, others) => {
        const found = calicoHoldings({ pools: others, blocks, reservations: others, pods: [] });
        const unread = blocks.filter(
          (one) => calicoHoldings({ pools: [], blocks: [one], reservations: [], pods: [] }).conflicts.length > 0,
        );
        expect(found.conflicts.length).toBeGreaterThanOrEqual(unread.length);
        const { claims, conflicts } = imported(found.leases, found.pools);
        expect(claims.length + conflicts.length).toBeGreaterThanOrEqual(Math.sign(found.leases.length));
      }),
    );
  });
});
