import { afterEach, describe, expect, it } from 'vitest';
import { type Block, blockKind, newBlock } from '../../src/resources/block.ts';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import { poolKind } from '../../src/resources/pool.ts';
import { httpText } from '../kit/daemon-process.ts';
import { waitFor } from '../kit/wait.ts';
import { AgentCluster, add, call, kept, metric } from './agent-cluster.ts';

const pools = {
  blocks: { subnet: '10.20.0.0/20', blockSize: 28, default: true, cooldown: 0 },
  shared: { subnet: '10.30.0.0/24', cooldown: 0 },
};

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('agents of a cluster', () => {
  let cluster: AgentCluster;

  afterEach(() => cluster.remove());

  const blocksOf = async (node: string): Promise<readonly string[]> =>
    (await cluster.store.list<Block>(blockKind)).items.flatMap(({ spec }) => (spec.node === node ? [spec.cidr] : []));

  it('lease blocks and claim addresses, and go on with another server when one ends under load', async () => {
    cluster = await AgentCluster.open(pools);
    const [a, b] = [await cluster.agent('a'), await cluster.agent('b')];
    const adding = [
      ...names('a', 40).map((id) => add(a, id)),
      ...names('b', 40).map((id) => add(b, id)),
      ...names('as', 10).map((id) => add(a, id, 'shared')),
    ];
    await Promise.race(adding);
    await cluster.kill(1);
    const addresses = await Promise.all(adding);
    const more = await Promise.all(names('bs', 10).map((id) => add(b, id, 'shared')));
    expect(new Set([...addresses, ...more]).size).toBe(100);
    const [ofA, ofB] = [await blocksOf('a'), await blocksOf('b')];
    expect(ofA.length).toBeGreaterThanOrEqual(4);
    expect(ofB.filter((cidr) => ofA.includes(cidr))).toEqual([]);
    for (const agent of [a, b]) expect((await agent.cli('check', '--local')).exit).toBe(0);
  });

  it('give addresses of their leased blocks while the cluster is away, also when started then, and say so', async () => {
    cluster = await AgentCluster.open(pools);
    const a = await cluster.agent('a');
    const first = await add(a, 'c0');
    const shared = await add(a, 's0', 'shared');
    await kept(a, (await blocksOf('a'))[0] ?? '');
    await a.crash();
    await cluster.killAll();
    await a.start();

    expect(await add(a, 'c0')).toBe(first);
    expect(await add(a, 's0', 'shared')).toBe(shared);
    const given = await Promise.all(names('d', 5).map((id) => add(a, id)));
    expect(new Set([first, ...given]).size).toBe(6);
    const refused = await call(a, 'ADD', 's1', 'shared');
    expect(refused.json).toMatchObject({
      code: 11,
      msg: expect.stringMatching(/^the cluster has been unreachable since 20/),
    });
    expect(refused.json.details).toContain('retry');
    expect((await call(a, 'STATUS', '')).exit).toBe(0);
    expect((await call(a, 'STATUS', '', 'shared')).json.code).toBe(50);
    expect(JSON.parse(await httpText(a.socket, '/readyz'))).toMatchObject({ status: 'degraded' });
    expect(await metric(a, 'ipam_store_connected')).toBe(0);
    expect((await call(a, 'DEL', 's0', 'shared')).exit).toBe(0);
    expect((await call(a, 'DEL', 'd0')).exit).toBe(0);

    await cluster.bringBack();
    await waitFor('an address of a shared pool', async () => {
      const { exit, json } = await call(a, 'ADD', 's1', 'shared');
      if (exit !== 0) expect(json.code).toBe(11);
      return exit === 0 ? true : undefined;
    });
    expect(await metric(a, 'ipam_store_connected')).toBe(1);
    expect(JSON.parse(await httpText(a.socket, '/readyz'))).toEqual({ status: 'ready' });
    expect((await a.cli('check', '--local')).stdout).not.toContain('invariant 1');
    expect(await blocksOf('a')).toHaveLength(1);
  });

  it('find out that they were forgotten meanwhile: what is free is secured again, what others have is reported', async () => {
    cluster = await AgentCluster.open({ ...pools, more: { subnet: '10.40.0.0/24', blockSize: 28, cooldown: 0 } });
    const a = await cluster.agent('a');
    const [kept, lost] = [await add(a, 'kept', 'more'), await add(a, 'lost')];
    const claimed = await add(a, 'claimed', 'shared');
    await cluster.killAll();
    const { items } = await cluster.store.list<Block>(blockKind);
    for (const { kind, metadata, spec } of items) {
      await cluster.store.delete({ kind, name: metadata.name }, undefined);
      if (spec.pool === 'blocks') await cluster.store.create(newBlock({ ...spec, node: 'b', daemon: 'b' }));
    }
    for (const { kind, metadata } of (await cluster.store.list<Claim>(claimKind)).items)
      await cluster.store.delete({ kind, name: metadata.name }, undefined);

    await cluster.bringBack();
    await waitFor('the loss to be found', async () =>
      (await metric(a, 'ipam_lost_addresses')) === 1 ? true : undefined,
    );
    await waitFor('the rest to be secured', async () => {
      const claims = (await cluster.store.list<Claim>(claimKind)).items;
      const isClaimed = claims.some(({ spec }) => spec.address === claimed && spec.node === 'a');
      return isClaimed && (await blocksOf('a')).length === 1 ? true : undefined;
    });
    // What this node had on record was gone: nothing new is taken of the store until that is settled.
    const others = await Promise.all(
      names('n', 3).map((id) => waitFor('an address', () => add(a, id).catch(() => undefined), 60_000)),
    );
    expect(await blocksOf('b')).toHaveLength(1);
    expect(others).not.toContain(lost);
    const check = await a.cli('check', '--local');
    const violation = (of: string): RegExp =>
      new RegExp(`^violation of invariant \\d: ${of.replaceAll('.', '\\.')}:`, 'm');
    expect(check.stdout).toMatch(violation(lost));
    expect(check.stdout).not.toMatch(violation(kept));
    // Being forgotten looks like a store that went back, and is held for that until everybody had time to come back.
    expect(check.stdout).toMatch(violation('store'));
    expect((await call(a, 'DEL', 'lost')).exit).toBe(0);
    await waitFor('nothing to be lost any more', async () =>
      /^violation of invariant \d: (?!store:)/m.test((await a.cli('check', '--local')).stdout) ? undefined : true,
    );
  });

  it('go by what happened to pools and reservations meanwhile', async () => {
    cluster = await AgentCluster.open(pools);
    const a = await cluster.agent('a');
    const held = await add(a, 'c0');
    const [cidr = ''] = await blocksOf('a');
    await kept(a, cidr);
    await a.crash();
    await cluster.killAll();
    await a.start();
    const base = cidr.replace(/\.\d+\/\d+$/, '');
    const reserved = Array.from({ length: 256 }, (_, n) => `${base}.${n}`).filter((one) => one !== held);
    await cluster.store.create({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderReservedIP',
      metadata: { name: 'meanwhile' },
      spec: { ips: reserved },
    });
    const shared = await cluster.store.get({ kind: poolKind, name: 'shared' });
    await cluster.store.delete({ kind: poolKind, name: 'shared' }, shared?.metadata.resourceVersion);
    await cluster.bringBack();
    await waitFor('the pool to be gone', async () =>
      (await call(a, 'ADD', 's0', 'shared')).json.code === 7 ? true : undefined,
    );
    // Each kind is asked for by itself: the reservation may come after the pools.
    await waitFor('all else to be known', () =>
      a.log.includes('what happened meanwhile is taken over') ? true : undefined,
    );
    expect(await add(a, 'c0')).toBe(held);
    const { exit, json } = await call(a, 'ADD', 'c1');
    if (exit === 0) expect(json.ips?.[0]?.address.startsWith(`${base}.`)).toBe(false);
  });
});
