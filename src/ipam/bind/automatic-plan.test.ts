import { describe, expect, it } from 'vitest';
import { emptyRangeSet, intersect, parseRangeSet, type RangeSet, subtract } from '../../ip/range-set.ts';
import { completeResource } from '../../resources/complete.ts';
import { type PoolResource, parsePool } from '../../resources/pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { reviewWrite } from '../../resources/rules/review.ts';
import { parseSubnet } from '../../resources/subnet.ts';
import { givable, planAutomaticPool, type WantedPool } from './automatic-plan.ts';

const uid = '7e1c2a40-0b1f-4f2e-9d58-a5bd3c01ffee';
const application = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web', uid };
const wanted: WantedPool = {
  application,
  ifname: 'eth0',
  family: 4,
  subnet: 'subnet-6',
  count: { kind: 'elastic', count: 1 },
  replicas: 2,
  isReclaimed: true,
};
const subnetResource: Resource = {
  apiVersion: 'spiderpool.spidernet.io/v2beta1',
  kind: 'SpiderSubnet',
  metadata: { name: 'subnet-6', uid: 'subnet-uid' },
  spec: {
    subnet: '10.6.0.0/16',
    gateway: '10.6.0.1',
    ips: ['10.6.168.101-10.6.168.110'],
    routes: [{ dst: '10.7.0.0/16', gw: '10.6.0.1' }],
  },
};

function subnet(...taken: string[]) {
  const value = parseSubnet(subnetResource);
  return {
    ...{ resource: subnetResource, value },
    free: () => subtract(givable(value), parseRangeSet(taken)),
    offeredBeside: () => parseRangeSet(['10.6.168.110']),
    claimedBeside: (_: string, addresses: RangeSet) => intersect(addresses, parseRangeSet(['10.6.168.107'])),
  };
}

function plan(
  change: Partial<WantedPool>,
  present: PoolResource | undefined,
  held: string[] = [],
  taken: string[] = [],
) {
  const of =
    present === undefined
      ? undefined
      : { resource: stored(present), value: parsePool(present), held: parseRangeSet(held) };
  return planAutomaticPool({ ...wanted, ...change }, subnet(...taken), of, () => false);
}

function stored(pool: PoolResource): Stored<PoolResource> {
  return {
    ...pool,
    metadata: { ...pool.metadata, uid: 'pool-uid', resourceVersion: '7', creationTimestamp: '' },
  } as Stored<PoolResource>;
}

function made(change: Partial<WantedPool> = {}): PoolResource {
  const { write } = plan(change, undefined);
  if (write === undefined) throw new Error('no pool is made');
  return write.resource;
}

describe('the pool of an application', () => {
  it('is made as Spiderpool makes it', () => {
    const { write, missing } = plan({}, undefined);
    expect(missing).toBe(0n);
    expect(write).toEqual({
      verb: 'create',
      resource: {
        apiVersion: 'spiderpool.spidernet.io/v2beta1',
        kind: 'SpiderIPPool',
        metadata: {
          name: 'auto4-web-eth0-a5bd3',
          labels: {
            'ipam.spidernet.io/owner-spider-subnet': 'subnet-6',
            'ipam.spidernet.io/owner-application-gv': 'apps_v1',
            'ipam.spidernet.io/owner-application-kind': 'Deployment',
            'ipam.spidernet.io/owner-application-namespace': 'default',
            'ipam.spidernet.io/owner-application-name': 'web',
            'ipam.spidernet.io/owner-application-uid': uid,
            'ipam.spidernet.io/interface': 'eth0',
            'ipam.spidernet.io/ip-version': 'IPv4',
            'ipam.spidernet.io/ippool-reclaim': 'true',
            'ipam.spidernet.io/ippool-cidr': '10-6-0-0-16',
          },
          annotations: { 'ipam.spidernet.io/ippool-ip-number': '+1' },
          finalizers: ['spiderpool.spidernet.io'],
          ownerReferences: [
            {
              apiVersion: 'spiderpool.spidernet.io/v2beta1',
              kind: 'SpiderSubnet',
              name: 'subnet-6',
              uid: 'subnet-uid',
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: {
          default: false,
          disable: false,
          gateway: '10.6.0.1',
          ipVersion: 4,
          ips: ['10.6.168.104-10.6.168.106'],
          podAffinity: {
            matchLabels: {
              'ipam.spidernet.io/app-api-group': 'apps',
              'ipam.spidernet.io/app-api-version': 'v1',
              'ipam.spidernet.io/app-kind': 'Deployment',
              'ipam.spidernet.io/app-name': 'web',
              'ipam.spidernet.io/app-namespace': 'default',
            },
          },
          routes: [{ dst: '10.7.0.0/16', gw: '10.6.0.1' }],
          subnet: '10.6.0.0/16',
        },
      },
    });
  });

  it.each<[string, Partial<WantedPool>, string[], string[], string[] | undefined, bigint, bigint]>([
    ['stays as it is', {}, [], [], undefined, 0n, 0n],
    ['grows with the replicas', { replicas: 4 }, [], [], ['10.6.168.104-10.6.168.108'], 0n, 0n],
    ['grows as far as the subnet goes', { replicas: 40 }, [], [], ['10.6.168.101-10.6.168.110'], 31n, 0n],
    ['has no more than the subnet', { replicas: 3 }, [], ['10.6.168.101-10.6.168.110'], undefined, 1n, 0n],
    ['shrinks by its highest addresses', { replicas: 0 }, [], [], ['10.6.168.104'], 0n, 0n],
    [
      'shrinks by what nobody has, and keeps its spare address beside what is out',
      { replicas: 0 },
      ['10.6.168.106'],
      [],
      ['10.6.168.104', '10.6.168.106'],
      0n,
      1n,
    ],
    [
      'waits for what is out, with a spare address for who comes meanwhile',
      { replicas: 0 },
      ['10.6.168.105-10.6.168.106'],
      [],
      undefined,
      0n,
      2n,
    ],
    [
      'of a number of its own shrinks to what is out',
      { count: { kind: 'fixed', count: 1 } },
      ['10.6.168.105-10.6.168.106'],
      [],
      ['10.6.168.105-10.6.168.106'],
      0n,
      1n,
    ],
    [
      'has a number of its own',
      { count: { kind: 'fixed', count: 5 }, replicas: 50 },
      [],
      [],
      ['10.6.168.104-10.6.168.108'],
      0n,
      0n,
    ],
    [
      'takes back what a daemon gave of it that had not seen it shrink, unless it is another pool’s by now',
      { replicas: 1 },
      ['10.6.168.104', '10.6.168.108', '10.6.168.110'],
      [],
      ['10.6.168.104-10.6.168.106', '10.6.168.108'],
      0n,
      2n,
    ],
    ['may have none', { count: { kind: 'fixed', count: 0 } }, [], [], [], 0n, 0n],
  ])('%s', (_, change, held, taken, ips, missing, surplus) => {
    const own = ['10.6.168.104-10.6.168.106', ...taken];
    const result = plan(change, made(), held, own);
    expect({ ips: result.write?.resource.spec.ips, missing: result.missing, surplus: result.surplus }).toEqual({
      ips,
      missing,
      surplus,
    });
  });

  it('lets go of what is claimed of the pool that had it before, and takes another address', () => {
    const grown = plan({ replicas: 3 }, made(), [], ['10.6.168.104-10.6.168.106']).write?.resource;
    expect(grown?.spec.ips).toEqual(['10.6.168.104-10.6.168.107']);
    const { write, missing } = plan({ replicas: 3 }, grown, ['10.6.168.104'], ['10.6.168.101-10.6.168.107']);
    expect({ ips: write?.resource.spec.ips, missing }).toEqual({
      ips: ['10.6.168.104-10.6.168.106', '10.6.168.108'],
      missing: 0n,
    });
  });

  it('breaks no rule, made or changed', () => {
    const facts = {
      pools: [],
      subnets: [parseSubnet(subnetResource)],
      heldIn: () => emptyRangeSet,
      heldAnywhere: () => emptyRangeSet,
    };
    const [pool, grown] = [made(), plan({ replicas: 4 }, made()).write?.resource];
    const review = reviewWrite({ operation: 'create', resource: pool }, facts);
    expect(review).toMatchObject({ refusals: [], warnings: [] });
    if (grown === undefined) throw new Error('it does not grow');
    const change = { operation: 'update', before: stored(pool), resource: grown } as const;
    expect(reviewWrite(change, facts)).toMatchObject({ refusals: [], warnings: [] });
    expect(completeResource(pool, [subnetResource])).toEqual(pool);
  });

  it('is found again by an application of the same name, and told of it', () => {
    const again = { ...application, uid: 'ffffffff-0000-0000-0000-0123456789ab' };
    const { write } = plan({ application: again, isReclaimed: false }, made(), [], ['10.6.168.104-10.6.168.106']);
    expect(write?.verb).toBe('update');
    expect(write?.resource.metadata).toMatchObject({
      name: 'auto4-web-eth0-a5bd3',
      labels: { 'ipam.spidernet.io/owner-application-uid': again.uid, 'ipam.spidernet.io/ippool-reclaim': 'false' },
    });
    expect(write?.resource.spec).toEqual(made().spec);
  });

  it('keeps what else people have written on it', () => {
    const pool = made();
    const people = { ...pool, metadata: { ...pool.metadata, labels: { ...pool.metadata.labels, team: 'blue' } } };
    expect(
      plan({ replicas: 3 }, people, [], ['10.6.168.104-10.6.168.106']).write?.resource.metadata.labels,
    ).toMatchObject({ team: 'blue' });
    expect(plan({}, people).write).toBeUndefined();
  });

  it('gives neither the gateway nor the edges of its subnet', () => {
    const whole = parseSubnet({ ...subnetResource, spec: { subnet: '10.6.0.0/29', gateway: '10.6.0.1' } });
    expect(givable(whole)).toEqual(parseRangeSet(['10.6.0.2-10.6.0.6']));
  });
});
