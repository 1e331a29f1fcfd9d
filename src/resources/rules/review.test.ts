import { describe, expect, it } from 'vitest';
import { emptyRangeSet, formatRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../pool.ts';
import { applicationNameLabel, ownerSubnetLabel } from '../published.ts';
import { networkLabel } from '../ranges-owner.ts';
import { reservedIPKind } from '../reserved-ip.ts';
import type { Metadata, Resource } from '../resource.ts';
import { parseSubnet, subnetKind } from '../subnet.ts';
import { reviewWrite } from './review.ts';
import type { WriteFacts } from './write.ts';

const resource = (kind: string, spec: object, metadata: Partial<Metadata> = {}): Resource => ({
  apiVersion: spiderpoolVersion,
  kind,
  metadata: { name: 'one', ...metadata },
  spec,
});
const pool = (spec: object, metadata?: Partial<Metadata>): Resource => resource(poolKind, spec, metadata);
const named = (name: string, spec: object) => parsePool(pool(spec, { name }));

const world: WriteFacts = {
  pools: [],
  subnets: [],
  heldIn: () => emptyRangeSet,
  heldAnywhere: () => emptyRangeSet,
};

const create = (wanted: Resource, facts: Partial<WriteFacts> = {}) =>
  reviewWrite({ operation: 'create', resource: wanted }, { ...world, ...facts });
const update = (before: Resource, after: Resource, facts: Partial<WriteFacts> = {}) =>
  reviewWrite({ operation: 'update', before, resource: after }, { ...world, ...facts });
const messages = ({ refusals }: ReturnType<typeof reviewWrite>) => refusals.map(({ message }) => message);

describe('a review of a write', () => {
  const spec = { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.20'] };

  it('says all that is wrong, not only the first', () => {
    const bad = { ...spec, ips: ['10.7.0.1', '10.6.0.1'], gateway: '10.8.0.1', ipVersion: 6 };
    const { refusals } = create(pool(bad));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.message).toMatch(/ipVersion is 6.*10\.7\.0\.1 is outside.*gateway 10\.8\.0\.1 is outside/);
    const several = create(pool({ ...spec, podAffinity: {}, multusName: ['/'], routes: [{ dst: '0.0.0.0/0' }] }), {
      pools: [named('two', spec)],
    });
    expect(several.refusals).toHaveLength(4);
  });

  it('lets a family that is disabled in no more', () => {
    expect(messages(create(pool(spec), { families: [6] }))).toEqual([
      'SpiderIPPool "one": spec.subnet 10.6.0.0/24 is IPv4, and IPv4 is disabled',
    ]);
    const reserved = resource(reservedIPKind, { ips: ['fd00::1'] });
    expect(messages(create(reserved, { families: [4] }))).toEqual([
      'SpiderReservedIP "one": spec.ips is IPv6, and IPv6 is disabled',
    ]);
  });

  it('warns of what does not do what it seems to', () => {
    const { refusals, warnings } = create(
      pool({
        ...spec,
        ips: ['10.6.0.10-10.6.0.20', '10.6.0.15'],
        namespaceName: ['a'],
        namespaceAffinity: { matchLabels: { a: 'b' } },
        nodeName: ['n'],
        nodeAffinity: { matchLabels: { a: 'b' } },
        topologyAffinity: { zone: ['z'] },
        purpose: 'storage',
      }),
      { subnets: [parseSubnet(resource(subnetKind, { subnet: '10.6.0.0/16' }, { name: 'wide' }))] },
    );
    expect(refusals).toEqual([]);
    expect(warnings.map((text) => text.replace('SpiderIPPool "one": ', ''))).toEqual([
      'spec.ips names 10.6.0.15 more than once',
      'spec.namespaceAffinity is not looked at, because spec.namespaceName names namespaces',
      'spec.nodeAffinity is not looked at, because spec.nodeName names nodes',
      'spec.subnet 10.6.0.0/24 overlaps SpiderSubnet "wide" 10.6.0.0/16, and is not part of it',
    ]);
    expect(create(pool({ subnet: '10.6.0.0/24' })).warnings).toEqual([
      'SpiderIPPool "one": spec.ips is absent and there is no gateway: every host address of 10.6.0.0/24 is given out',
    ]);
    expect(create(pool(spec, { name: 'auto4-web-eth0-1a2b3' })).warnings).toHaveLength(1);
  });

  it('only warns of a rule that the resource broke before', () => {
    const old = { ...spec, podAffinity: {} };
    const { refusals, warnings } = update(pool(old), pool({ ...old, disable: true }));
    expect(refusals).toEqual([]);
    expect(warnings).toEqual(['SpiderIPPool "one": spec.podAffinity is empty']);
    expect(messages(update(pool(spec), pool(old)))).toEqual(['SpiderIPPool "one": spec.podAffinity is empty']);
  });

  it('lets controllers write metadata and status whatever the rules say of the rest', () => {
    const old = pool({ ...spec, podAffinity: {} });
    const touched = { ...old, metadata: { ...old.metadata, finalizers: [] }, status: { allocatedIPCount: 3 } };
    const facts = { pools: [named('two', spec)], heldIn: () => parseRangeSet(['10.6.0.99']) };
    expect(update(old, touched, facts)).toMatchObject({ refusals: [], warnings: [] });
  });

  it('lets nobody change what is being deleted', () => {
    const leaving = pool(spec, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(messages(update(leaving, { ...leaving, spec: { ...spec, disable: true } }))).toEqual([
      'SpiderIPPool "one": is being deleted and cannot change',
    ]);
    expect(messages(update(leaving, { ...leaving, metadata: { ...leaving.metadata, finalizers: [] } }))).toEqual([]);
  });

  it.each([
    ['10.6.0.0/24', '169.254.1.1'],
    ['2001:db8:5:333::/64', 'fe80::1'],
  ])('lets a pool of %s have the link-local gateway %s', (subnet, gateway) => {
    expect(create(pool({ subnet, ips: [subnet], gateway })).refusals).toEqual([]);
  });

  it('lets several pools share a subnet and its gateway', () => {
    const [gateway, subnet] = ['10.6.0.1', '10.6.0.0/24'];
    const other = named('two', { subnet, gateway, ips: ['10.6.0.30-10.6.0.40'] });
    expect(create(pool({ ...spec, gateway }), { pools: [other] })).toMatchObject({ refusals: [], warnings: [] });
  });

  it('lets networks of the machine overlap as host-local lets them, short of sharing an address', () => {
    const labels = { [networkLabel]: 'net' };
    const wide = named('two', { subnet: '10.6.0.0/16', ips: ['10.6.7.1-10.6.7.9'] });
    expect(create(pool({ ...spec, gateway: '10.6.0.10' }, { labels }), { pools: [wide] }).refusals).toEqual([]);
    expect(messages(create(pool(spec), { pools: [wide] }))).toHaveLength(1);
  });

  it('lets the pool of an application have no addresses, and takes none for the whole subnet', () => {
    const labels = { [applicationNameLabel]: 'web' };
    const empty = pool({ subnet: '10.6.0.0/24' }, { labels });
    expect(create(empty).refusals).toEqual([]);
    expect(parsePool(empty).usable.ranges).toEqual([]);
    const orphaned = update(empty, pool({ subnet: '10.6.0.0/24' }), { pools: [named('two', spec)] });
    expect(messages(orphaned)[0]).toMatch(/overlaps SpiderIPPool "two"/);
  });

  it('takes an empty list of addresses for none, and absence for the whole subnet', () => {
    const gateway = '172.19.0.1';
    const empty = pool({ subnet: '172.19.0.0/16', ips: [], gateway, default: true });
    const { refusals, warnings } = create(empty, { pools: [named('two', { subnet: '172.19.0.0/16' })] });
    expect(refusals).toEqual([]);
    expect(warnings).toEqual(['SpiderIPPool "one": spec.ips names no address, so the pool gives none out']);
    expect(parsePool(empty).usable.ranges).toEqual([]);
    expect(parsePool(pool({ subnet: '172.19.0.0/16', ips: [], blockSize: 24 })).usable.ranges).toEqual([]);
    expect(formatRangeSet(parsePool(pool({ subnet: '172.19.0.0/16', gateway })).usable)).toEqual([
      '172.19.0.2-172.19.255.254',
    ]);
    expect(parseSubnet(resource(subnetKind, { subnet: '172.19.0.0/16', ips: [] })).controlled.ranges).toEqual([]);
  });

  it('takes absence for none in a pool that Spiderpool wrote beside a SpiderSubnet: Go drops an empty list', () => {
    const labels = { [ownerSubnetLabel]: 'office' };
    const written = { ipVersion: 4, subnet: '172.19.0.0/16', gateway: '172.19.0.1', default: true, disable: false };
    expect(parsePool(pool(written, { labels })).usable.ranges).toEqual([]);
    expect(parsePool(pool({ ...written, blockSize: 24 }, { labels })).usable.ranges).toHaveLength(1);
  });

  it('may lose its addresses when none is out, and not before', () => {
    const after = pool({ ...spec, ips: [] });
    expect(messages(update(pool(spec), after))).toEqual([]);
    expect(messages(update(pool(spec), after, { heldIn: () => parseRangeSet(['10.6.0.12']) }))).toEqual([
      'SpiderIPPool "one": the change drops addresses that are in use: 10.6.0.12',
    ]);
  });

  it('takes routes with host bits, and sees through them', () => {
    const routes = (...dst: string[]) => ({ ...spec, routes: dst.map((one) => ({ dst: one, gw: '10.6.0.2' })) });
    expect(create(pool(routes('10.200.3.4/16'))).refusals).toEqual([]);
    expect(parsePool(pool(routes('10.200.3.4/16'))).routes).toEqual([{ dst: '10.200.0.0/16', gw: '10.6.0.2' }]);
    expect(messages(create(pool(routes('0.0.0.1/0'))))).toEqual([
      'SpiderIPPool "one": spec.routes: 0.0.0.0/0 is the default route',
    ]);
    expect(messages(create(pool(routes('10.200.3.4/16', '10.200.5.6/16'))))).toEqual([
      'SpiderIPPool "one": spec.routes: 10.200.0.0/16 is there twice',
    ]);
    expect(messages(create(pool({ ...spec, subnet: '10.6.0.1/24' })))[0]).toContain('host bits are set');
  });

  it('opens a pool although a container has an address that it would not give', () => {
    const heldIn = () => parseRangeSet(['10.6.0.12', '10.6.0.99', '10.6.0.255']);
    const closed = pool({ ...spec, disable: true });
    expect(messages(update(closed, pool(spec), { heldIn }))).toEqual([]);
    expect(messages(update(closed, pool({ ...spec, ips: ['10.6.0.13'] }), { heldIn }))).toEqual([
      'SpiderIPPool "one": the change drops addresses that are in use: 10.6.0.12',
    ]);
  });

  it('counts addresses in use where they would be lost, only', () => {
    const heldIn = () => parseRangeSet(['10.6.0.10', '10.6.0.20']);
    const after = pool({ ...spec, ips: ['10.6.0.5-10.6.0.19'] });
    expect(messages(update(pool(spec), after, { heldIn }))).toEqual([
      'SpiderIPPool "one": the change drops addresses that are in use: 10.6.0.20',
    ]);
    expect(messages(update(pool(spec), pool({ ...spec, ips: ['10.6.0.5-10.6.0.29'] }), { heldIn }))).toEqual([]);
  });

  it('has no objection to a delete, whatever is in use: what is deleted stays until it is empty', () => {
    const heldIn = () => parseRangeSet(['10.6.0.10', '10.6.0.20']);
    const office = resource(subnetKind, { subnet: '10.6.0.0/24' });
    for (const before of [pool(spec), office]) {
      const facts = { ...world, heldIn, pools: [named('two', spec)] };
      expect(reviewWrite({ operation: 'delete', before }, facts)).toMatchObject({ refusals: [], warnings: [] });
    }
  });

  it('has no objection to kinds without rules, nor to the end of a reservation', () => {
    const endpoint = resource('SpiderEndpoint', {}, { namespace: 'default' });
    expect(create(endpoint).refusals).toEqual([]);
    const before = resource(reservedIPKind, { ips: ['10.6.0.10'] });
    expect(reviewWrite({ operation: 'delete', before }, world).refusals).toEqual([]);
  });
});
