import { describe, expect, it } from 'vitest';
import { sandboxDeadlineMs } from '../../src/ipam/reclaim/garbage.ts';
import { claimKind } from '../../src/resources/claim.ts';
import { IpamError, isIpamError } from '../../src/resources/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { cooldownMs } from './networks.ts';
import type { SimNode } from './sim-node.ts';
import { request, Stage } from './stage.ts';

const shared = { office: { subnet: '10.5.0.0/28', gateway: '10.5.0.1' } };
const blocks = { pods: { subnet: '10.6.0.0/24', blockSize: 28 } };
/** Rounds of maintenance come at least this often. */
const roundMs = 15_000;

/** How systems of this kind have failed their users, each as it happened to them. */
describe('known failures of others', () => {
  it('1: a Pod that appears while garbage is being collected keeps its address', async () => {
    const stage = await Stage.open({ pools: shared, nodes: 1 });
    const node = stage.node(1);
    await leaveClaim(stage, 'a');
    await stage.pass(sandboxDeadlineMs - roundMs);
    // The runtime repeats the ADD again and again while the claim becomes garbage by its age.
    let told: readonly string[] = [];
    for (let elapsed = 0; elapsed < 2 * roundMs; elapsed += 500) {
      told = await stage.add(node, 'a', 'web-0', 'office');
      expect(stage.held(node, 'a')).toEqual(told);
      await stage.pass(500);
    }
    await stage.pass(roundMs);
    expect((await stage.store.list(claimKind)).items.map(({ metadata }) => metadata.name)).toEqual(told);
    expect(await stage.violations()).toEqual([]);
  });

  it('2: a claim that is younger than a sandbox may take is never garbage, an older one is', async () => {
    const stage = await Stage.open({ pools: shared, nodes: 1 });
    await leaveClaim(stage, 'a');
    await stage.pass(sandboxDeadlineMs - 2 * roundMs);
    expect((await stage.store.list(claimKind)).items).toHaveLength(1);
    await stage.pass(4 * roundMs);
    expect((await stage.store.list(claimKind)).items).toHaveLength(0);
  });

  it('3: a StatefulSet Pod that moved to another node keeps its new address when the old node collects', async () => {
    const stage = await Stage.open({ pools: shared, nodes: 2 });
    const [old, next] = [stage.node(1), stage.node(2)];
    await stage.add(old, 'old', 'web-0', 'office');
    const told = await stage.add(next, 'new', 'web-0', 'office');
    expect(await stage.gc(old)).toEqual(['old']);
    await stage.pass(sandboxDeadlineMs + roundMs);
    expect(stage.held(next, 'new')).toEqual(told);
    expect(await stage.violations()).toEqual([]);
  });

  it('4: what was deleted while the daemon was away is collected by CNI GC', async () => {
    const stage = await Stage.open({ pools: { ...shared, ...blocks }, nodes: 1 });
    const node = stage.node(1);
    await stage.add(node, 'gone', 'web-0', 'office');
    await stage.add(node, 'also-gone', 'web-1', 'pods');
    const told = await stage.add(node, 'stays', 'web-2', 'pods');
    await stage.restart(node);
    expect([...(await stage.gc(node, 'stays'))].sort()).toEqual(['also-gone', 'gone']);
    expect(stage.held(node, 'stays')).toEqual(told);
    expect((await stage.store.list(claimKind)).items).toEqual([]);
  });

  it.each(['office', 'pods'])(
    '5: a late release of the old Pod leaves the address with the new one (pool %s)',
    async (pool) => {
      const stage = await Stage.open({
        pools: { ...shared, pods: { subnet: '10.6.0.0/30', blockSize: 30 } },
        nodes: 1,
      });
      const node = stage.node(1);
      const [first] = await stage.add(node, 'old', 'web-0', pool);
      await stage.del(node, 'old');
      await stage.pass(2 * cooldownMs);
      const taken = new Map<string, string>();
      for (let index = 0; index < (pool === 'pods' ? 1 : 13); index += 1) {
        const [address = ''] = await stage.add(node, `new-${index}`, 'web-0', pool);
        taken.set(address, `new-${index}`);
      }
      const holder = taken.get(first ?? '') ?? '';
      expect(await stage.del(node, 'old')).toEqual([]);
      expect(stage.held(node, holder)).toEqual([first]);
      expect(await stage.violations()).toEqual([]);
    },
  );

  it('6: an address in conflict is in quarantine, and the next ADD gets another', async () => {
    const stage = await Stage.open({ pools: { ...shared, ...blocks }, nodes: 2 });
    for (const pool of ['office', 'pods']) {
      const [node, other] = [stage.node(1), stage.node(2)];
      const [conflicting = ''] = await stage.add(node, `${pool}-a`, 'web-0', pool);
      await stage.quarantine(node, conflicting, 'answers ARP as 02:00:5e:10:00:01', 3_600_000);
      // The runtime has not sent DEL, and repeats its ADD: the same address again would fail again.
      const [second = ''] = await stage.add(node, `${pool}-a`, 'web-0', pool);
      expect(second).not.toBe(conflicting);
      await stage.del(node, `${pool}-a`);
      await stage.restart(node);
      await stage.pass(cooldownMs);
      const given = await fill(stage, [node, other], pool);
      expect(given).toContain(second);
      expect(given).not.toContain(conflicting);
      await stage.pass(3_600_000);
      expect(await fill(stage, [node, other], pool)).toEqual([conflicting]);
    }
    expect(await stage.violations()).toEqual([]);
  });

  it('6: whoever holds an address when it comes into quarantine keeps it over a restart, and nobody gets it after', async () => {
    const stage = await Stage.open({ pools: { ...shared, ...blocks }, nodes: 1 });
    const node = stage.node(1);
    for (const pool of ['office', 'pods']) {
      const told = await stage.add(node, `${pool}-a`, 'web-0', pool);
      await stage.quarantine(node, told[0] ?? '', 'answers ARP as 02:00:5e:10:00:01', 600_000);
      await stage.restart(node);
      expect(stage.held(node, `${pool}-a`)).toEqual(told);
      await stage.pass(700_000);
      expect(await fill(stage, [node], pool)).not.toContain(told[0]);
      expect(await stage.violations()).toEqual([]);
    }
  });

  it('7: nothing derived outlives what it is derived from', async () => {
    const stage = await Stage.open({ pools: { ...shared, ...blocks }, nodes: 2 });
    const node = stage.node(1);
    for (let index = 0; index < 40; index += 1) await stage.add(node, `c${index}`, 'web', 'pods');
    for (let index = 0; index < 10; index += 1) await stage.add(node, `s${index}`, 'web', 'office');
    for (let index = 0; index < 40; index += 1) await stage.del(node, `c${index}`);
    await stage.restart(node);
    await stage.gc(node);
    await stage.pass(sandboxDeadlineMs + 2 * roundMs);
    expect(await stage.violations()).toEqual([]);
    expect((await stage.store.list(claimKind)).items).toEqual([]);
    const used = (await node.daemon?.administration.pools())?.map((pool) => pool.used);
    expect(used).toEqual([0n, 0n]);
  });

  it('8: one record that cannot be cleaned up does not stop the others', async () => {
    const stage = await Stage.open({ pools: shared, nodes: 1, around: (store) => refusingDeletes(store, '10.5.0.3') });
    const node = stage.node(1);
    for (const id of ['a', 'b', 'c']) await stage.add(node, id, 'web', 'office');
    expect([...(await stage.gc(node))].sort()).toEqual(['a', 'b', 'c']);
    expect((await stage.store.list(claimKind)).items.map(({ metadata }) => metadata.name)).toEqual(['10.5.0.3']);
  });

  it('9: a thousand Pods at once on ten nodes get their addresses with few creates more than addresses', async () => {
    const stage = await Stage.open({ pools: { big: { subnet: '10.7.0.0/20' } }, nodes: 10 });
    const before = stage.world.operations;
    const adds = stage.nodes.flatMap((node) =>
      Array.from({ length: 100 }, (_, index) =>
        node.call('ADD', [], ({ ipam }) => ipam.allocate(request(`${node.name}-${index}`, `web-${index}`, ['big']))),
      ),
    );
    const answers = await stage.run(Promise.all(adds));
    const addresses = answers.flatMap((one) =>
      one.kind === 'answered' ? (one.value.addresses[0]?.address ?? '') : '',
    );
    expect(new Set(addresses).size).toBe(1_000);
    // Of each address: its ADD, its create, its record; a few creates met another node's.
    expect(stage.world.operations - before).toBeLessThan(1_000 * 3 * 1.5);
  });

  it('10: when there are as many Pods as addresses, the last one is found at once', async () => {
    const stage = await Stage.open({ pools: shared, nodes: 3 });
    const adds = Array.from({ length: 13 }, (_, index) =>
      stage.add(stage.node(1 + (index % 3)), `c${index}`, 'web', 'office'),
    );
    const addresses = (await stage.run(Promise.all(adds))).flat();
    expect(new Set(addresses).size).toBe(13);
    await expect(stage.add(stage.node(1), 'one-more', 'web', 'office')).rejects.toMatchObject({
      code: 'pool-exhausted',
    });
  });

  it('11: the gateway is nobody’s, DEL gives back, and a restart knows what was given', async () => {
    const stage = await Stage.open({ pools: { pods: { subnet: '10.6.0.0/29', blockSize: 29 } }, nodes: 1 });
    const node = stage.node(1);
    const told: string[] = [];
    for (let index = 0; index < 5; index += 1) told.push(...(await stage.add(node, `c${index}`, 'web', 'pods')));
    expect(told.sort()).toEqual(['10.6.0.2', '10.6.0.3', '10.6.0.4', '10.6.0.5', '10.6.0.6']);
    await stage.restart(node);
    await expect(stage.add(node, 'one-more', 'web', 'pods')).rejects.toMatchObject({ code: 'pool-exhausted' });
    const [freed] = await stage.del(node, 'c3');
    await stage.restart(node);
    expect(await stage.add(node, 'one-more', 'web', 'pods')).toEqual([freed]);
  });

  it.each(['office', 'pods'])(
    '12: killed between record and answer, the repeated ADD gets the same (pool %s)',
    async (pool) => {
      const stage = await Stage.open({ pools: { ...shared, ...blocks }, nodes: 1 });
      const node = stage.node(1);
      const records = () => node.disk.load().allocations;
      const answer = node.call('ADD', ['a'], ({ ipam }) => ipam.allocate(request('a', 'web-0', [pool])));
      await stage.until(() => records().length > 0);
      const recorded = records()[0]?.addresses.map(({ address }) => address);
      await stage.restart(node);
      expect((await stage.run(answer)).kind).toBe('lost');
      expect(await stage.add(node, 'a', 'web-0', pool)).toEqual(recorded);
    },
  );
});

/** An ADD whose daemon dies between the claim and the record. */
async function leaveClaim(stage: Stage, containerId: string): Promise<void> {
  const node = stage.node(1);
  void node.call('ADD', [containerId], ({ ipam }) => ipam.allocate(request(containerId, 'web-0', ['office'])));
  let claims = 0;
  await stage.until(() => {
    void stage.store.list(claimKind).then(({ items }) => {
      claims = items.length;
    });
    return claims > 0;
  });
  await stage.restart(node);
}

function refusingDeletes(store: Store, name: string): Store {
  return wrap(store, (inner) => ({
    async delete(key, resourceVersion) {
      if (key.name === name) throw new IpamError('store-unavailable', 'the store does not answer for this one');
      return inner.delete(key, resourceVersion);
    },
  }));
}

let filled = 0;

/** ADDs on every node until the pool refuses. @returns what they got */
async function fill(stage: Stage, nodes: readonly SimNode[], pool: string): Promise<readonly string[]> {
  const given: string[] = [];
  for (const node of nodes) {
    for (;;) {
      try {
        given.push(...(await stage.add(node, `fill-${filled++}`, 'web', pool)));
      } catch (error) {
        if (!isIpamError(error, 'pool-exhausted')) throw error;
        break;
      }
    }
  }
  return given;
}
