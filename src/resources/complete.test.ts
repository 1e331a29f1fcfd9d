import { describe, expect, it } from 'vitest';
import { completeResource, completeSpec, completionWarnings } from './complete.ts';
import { jsonPatch } from './json-patch.ts';
import { poolKind, spiderpoolVersion } from './pool.ts';
import { reservedIPKind } from './reserved-ip.ts';
import type { Metadata, Resource } from './resource.ts';
import { subnetKind } from './subnet.ts';

const resource = (kind: string, spec: object, metadata: Partial<Metadata> = {}): Resource => ({
  apiVersion: spiderpoolVersion,
  kind,
  metadata: { name: 'one', ...metadata },
  spec,
});

describe('a resource is completed', () => {
  const subnet = resource(
    subnetKind,
    { subnet: '10.6.0.0/16', gateway: '10.6.0.1', routes: [{ dst: '10.7.0.0/16', gw: '10.6.0.2' }] },
    { name: 'six', uid: 'u-6' },
  );

  it('a pool with its family, defaults, label, finalizer and merged ranges', () => {
    const ips = ['172.18.40.9', '172.18.40.1-172.18.40.5', '172.18.40.6-172.18.40.8', '172.18.40.64/30'];
    const { metadata, spec } = completeResource(resource(poolKind, { subnet: '172.18.40.0/24', ips }), [subnet]);
    expect(spec).toEqual({
      ipVersion: 4,
      default: false,
      disable: false,
      subnet: '172.18.40.0/24',
      ips: ['172.18.40.1-172.18.40.9', '172.18.40.64-172.18.40.67'],
    });
    expect(metadata).toEqual({
      name: 'one',
      labels: { 'ipam.spidernet.io/ippool-cidr': '172-18-40-0-24' },
      finalizers: ['spiderpool.spidernet.io'],
    });
  });

  it('a pool of a subnet with an owner and the way out that the subnet has', () => {
    const { metadata, spec } = completeResource(resource(poolKind, { subnet: '10.6.0.0/16', ips: ['10.6.0.9'] }), [
      subnet,
    ]);
    expect(spec).toMatchObject({ gateway: '10.6.0.1', routes: [{ dst: '10.7.0.0/16', gw: '10.6.0.2' }] });
    expect(metadata.labels).toMatchObject({ 'ipam.spidernet.io/owner-spider-subnet': 'six' });
    expect(metadata.ownerReferences).toEqual([
      {
        apiVersion: spiderpoolVersion,
        kind: subnetKind,
        name: 'six',
        uid: 'u-6',
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  });

  it('a pool that names its own gateway, and no routes, keeps them', () => {
    const own = { subnet: '10.6.0.0/16', ips: ['10.6.0.9'], gateway: '10.6.0.3', routes: [] };
    expect(completeResource(resource(poolKind, own), [subnet]).spec).toMatchObject({
      gateway: '10.6.0.3',
      routes: [],
    });
  });

  it('a pool of a subnet that names no address offers none; with a blockSize it offers all of it', () => {
    const whole = { subnet: '10.6.0.0/16' };
    expect(completeSpec(resource(poolKind, whole), [subnet]).spec).toMatchObject({ ips: [] });
    expect(completeSpec(resource(poolKind, { ...whole, blockSize: 24 }), [subnet]).spec).not.toHaveProperty('ips');
    expect(completeSpec(resource(poolKind, whole), []).spec).not.toHaveProperty('ips');
    const completed = completeResource(resource(poolKind, whole), [subnet]);
    expect(jsonPatch(completed, completeResource(completed, [subnet]))).toEqual([]);
  });

  it('with the networks that routes with host bits mean, and says so', () => {
    const routes = [
      { dst: '10.200.3.4/16', gw: '10.6.0.2' },
      { dst: '10.7.0.0/16', gw: '10.6.0.2' },
    ];
    const wanted = resource(poolKind, { subnet: '10.6.0.0/16', ips: ['10.6.0.9'], routes });
    expect(completeSpec(wanted, []).spec).toMatchObject({ routes: [{ dst: '10.200.0.0/16' }, { dst: '10.7.0.0/16' }] });
    expect(completionWarnings(wanted)).toEqual([
      'SpiderIPPool "one": spec.routes: 10.200.3.4/16 has host bits, and is taken for 10.200.0.0/16',
    ]);
    const six = resource(subnetKind, {
      subnet: 'fd00:192::/64',
      routes: [{ dst: 'fd00:192:1278::/32', gw: 'fd00:192::1' }],
    });
    expect(completeSpec(six, []).spec).toMatchObject({ routes: [{ dst: 'fd00:192::/32' }] });
    expect(completionWarnings(six)).toHaveLength(1);
  });

  it('a subnet and a reservation', () => {
    expect(completeResource(resource(subnetKind, { subnet: 'fd00:6::/64' }), [])).toMatchObject({
      metadata: { labels: { 'ipam.spidernet.io/subnet-cidr': 'fd00-6---64' }, finalizers: ['spiderpool.spidernet.io'] },
      spec: { ipVersion: 6 },
    });
    expect(completeResource(resource(reservedIPKind, { ips: ['fd00::2', 'fd00::1'] }), []).spec).toEqual({
      ipVersion: 6,
      ips: ['fd00::1-fd00::2'],
    });
  });

  it('not the IP version of a reservation in two families', () => {
    const both = ['10.6.0.1', 'fd00::1'];
    expect(completeResource(resource(reservedIPKind, { ips: both }), []).spec).toEqual({ ips: both });
  });

  it('once: the second time nothing changes', () => {
    const wanted = resource(poolKind, { subnet: '10.6.0.0/16', ips: ['10.6.0.9', '10.6.0.10'] });
    const completed = completeResource(wanted, [subnet]);
    expect(jsonPatch(completed, completeResource(completed, [subnet]))).toEqual([]);
  });

  it('not when it is being deleted, nor when it cannot be read', () => {
    const leaving = resource(poolKind, { subnet: '10.6.0.0/16' }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const broken = resource(poolKind, { subnet: 'ten' });
    expect(completeResource(leaving, [])).toBe(leaving);
    expect(completeResource(broken, [])).toBe(broken);
  });
});

describe('a JSON patch', () => {
  it('adds, replaces and removes what differs, and escapes names', () => {
    const before = { metadata: { name: 'a', labels: { 'x/y': '1' } }, spec: { ips: ['1', '2'], old: true } };
    const after = { metadata: { name: 'a', labels: { 'x/y': '2', 'a~b': '3' } }, spec: { ips: ['1'] } };
    expect(jsonPatch(before, after)).toEqual([
      { op: 'replace', path: '/metadata/labels/x~1y', value: '2' },
      { op: 'add', path: '/metadata/labels/a~0b', value: '3' },
      { op: 'replace', path: '/spec/ips', value: ['1'] },
      { op: 'remove', path: '/spec/old' },
    ]);
  });

  it('is empty between equals', () => expect(jsonPatch({ a: [1] }, { a: [1] })).toEqual([]));
});
