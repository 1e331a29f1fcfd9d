import { describe, expect, it } from 'vitest';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { Random } from '../kit/random.ts';
import type { SimNode } from './sim-node.ts';
import { request, Stage } from './stage.ts';

const quota = 4;
const rounds = 75;

/** A runtime that keeps at it: what got no answer is taken down again, for it may have an address. */
class Tenant {
  readonly held = new Map<string, SimNode>();
  /** By what ADDs were refused with. */
  readonly refusals = new Set<string>();

  async add(node: SimNode, id: string): Promise<void> {
    const answer = await node.call('ADD', [id], ({ ipam }) => ipam.allocate(request(id, `pod-${id}`, ['few'])));
    if (answer.kind === 'answered') this.held.set(id, node);
    else if (answer.kind === 'lost') await this.del(node, id);
    else if (answer.error instanceof IpamError) this.refusals.add(answer.error.code);
  }

  async del(node: SimNode, id: string): Promise<void> {
    this.held.delete(id);
    for (;;) {
      const answer = await node.call('DEL', [id], ({ ipam }) =>
        ipam.release({ network: 'net', containerId: id, ifname: 'eth0' }),
      );
      if (answer.kind === 'answered') return;
    }
  }
}

describe('the quota of a namespace', () => {
  it.each([1, 2, 3, 4])(
    'is never exceeded by nodes that race for it, whatever their store, watches and processes do (%i)',
    async (seed) => {
      const stage = await Stage.open({
        pools: { few: { subnet: '10.0.0.0/24', namespaceQuota: quota } },
        nodes: 3,
        faults: ['store-fails', 'store-times-out', 'watch-drops', 'compaction', 'lost-reply', 'start-while-away'],
      });
      const random = new Random(seed);
      const tenant = new Tenant();
      let most = 0;
      for (let round = 0; round < rounds; round += 1) {
        const wave = Array.from({ length: 1 + random.below(5) }, (_, index) =>
          tenant.add(random.pick(stage.nodes), `${round}-${index}`),
        );
        const unlucky = random.pick(stage.nodes);
        if (random.next() < 0.2) unlucky.link.cut = true;
        if (random.next() < 0.1) unlucky.crash();
        await stage.pass(random.below(50));
        unlucky.link.cut = false;
        await stage.run(Promise.all(wave));
        most = Math.max(most, tenant.held.size);
        expect(tenant.held.size, `after wave ${round}`).toBeLessThanOrEqual(quota);
        // What a call without an answer claimed counts until it is reclaimed.
        await stage.pass(random.below(10_000));
        const leaving = [...tenant.held].filter(() => random.next() < 0.4);
        await stage.run(Promise.all(leaving.map(([id, node]) => tenant.del(node, id))));
      }
      expect(most).toBe(quota);
      expect(tenant.refusals).toContain('quota-exceeded');
      await stage.run(Promise.all([...tenant.held].map(([id, node]) => tenant.del(node, id))));
      await stage.pass(600_000);
      expect((await stage.store.list<Claim>(claimKind)).items).toEqual([]);
      expect(await stage.violations()).toEqual([]);
    },
  );
});
