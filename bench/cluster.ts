import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemberCluster } from '../test/kit/member-cluster.ts';
import { GrpcClient } from './grpc-client.ts';
import { type Load, loadOn } from './load.ts';
import { type BenchRow, median } from './row.ts';

const names = ['ipam-1', 'ipam-2', 'ipam-3'];
/** On each daemon. A runtime waits for a lease, so what one takes counts; of claims it is asked how many there can be. */
const inFlight = { leases: 12, claims: 48 };
/** As daemons are after some hours: code compiled, heaps grown. */
const warmCalls = { claims: 30_000, leases: 15_000 };
const leases = 9_000;
const claims = 24_000;
const shared = {
  apiVersion: 'spiderpool.spidernet.io/v2beta1',
  kind: 'SpiderIPPool',
  metadata: { name: 'shared' },
  spec: { subnet: '172.16.0.0/12' },
};
/** What github.com/jianzi123/ipam says of itself: a block by its Raft, and an address of a node's block. */
const claimed = { name: 'claimed by jianzi123/ipam', leases: 100, leaseMs: 100 };

/**
 * L1: three daemons, a network namespace each, their state in three members of etcd. Blocks are leased, and addresses of
 * one shared pool are claimed, through all three at once; every answer is in the logs of two members at least.
 */
export async function benchCluster(): Promise<readonly BenchRow[]> {
  const cluster = await new MemberCluster({ clusterCidr: '10.0.0.0/8' }).open();
  const clients: GrpcClient[] = [];
  try {
    await cluster.start(...names);
    await cluster.voters(names.length);
    const founder = cluster.get('ipam-1').daemon;
    const manifest = join(founder.directory, 'shared.json');
    writeFileSync(manifest, JSON.stringify(shared));
    const applied = await founder.cli('apply', '-f', manifest);
    if (applied.exit !== 0) throw new Error(applied.stderr);
    clients.push(...names.map((name) => new GrpcClient(cluster.get(name).daemon.socket)));
    let next = 0;
    const lease = (count: number): Promise<Load> =>
      loadOn(clients, count, inFlight.leases, () => ['AllocateBlock', { node_id: `node-${next++}` }]);
    const claim = (count: number): Promise<Load> =>
      loadOn(clients, count, inFlight.claims, () => [
        'AllocateIP',
        { node_id: 'node', container_id: `c${next++}`, pools: ['shared'] },
      ]);
    await claim(warmCalls.claims);
    const taken = await claim(claims);
    await lease(warmCalls.leases);
    const leased = await lease(leases);
    const group = `cluster of three members; in flight on each: ${inFlight.claims} claims, then ${inFlight.leases} leases`;
    const slowest = quantile(leased.times, 0.99);
    return [
      {
        group,
        name: 'block leases',
        value: leased.rate,
        unit: '/s',
        peer: { name: claimed.name, value: claimed.leases },
        ratio: leased.rate / claimed.leases,
        goal: { text: 'over 1,000/s', reached: leased.rate > 1_000 },
      },
      { group, name: 'block lease, median', value: median(leased.times), unit: 'ms' },
      {
        group,
        name: 'block lease, 99 of 100',
        value: slowest,
        unit: 'ms',
        peer: { name: claimed.name, value: claimed.leaseMs },
        ratio: claimed.leaseMs / slowest,
        goal: { text: 'under 100 ms', reached: slowest < 100 },
      },
      {
        group,
        name: 'claims of a shared pool',
        value: taken.rate,
        unit: '/s',
        goal: { text: 'over 3,000/s', reached: taken.rate > 3_000 },
      },
      { group, name: 'claim, median', value: median(taken.times), unit: 'ms' },
      { group, name: 'claim, 99 of 100', value: quantile(taken.times, 0.99), unit: 'ms' },
    ];
  } finally {
    for (const client of clients) client.close();
    await cluster.close();
  }
}

/** @param share 0..1 */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
