import { describe, expect, it } from 'vitest';
import { Cluster, events } from '../testing/cluster.ts';
import { pool as newPool } from '../testing/world.ts';
import { type KeptDrain, NodeDrain } from './node-drain.ts';

/** Survives its daemon. */
function disk() {
  let kept: KeptDrain | undefined;
  return {
    load: () => kept,
    save: async (value: KeptDrain) => {
      kept = value;
    },
  };
}

async function scene() {
  const c = new Cluster();
  const [one, two] = [await c.node('node1', { drain: disk() }), await c.node('node2')];
  await one.daemon.resources.apply(newPool('racks', { subnet: '10.5.0.0/24', blockSize: 28 }));
  await events();
  const round = async (): Promise<void> => {
    await one.daemon.maintenance.round();
    await events();
  };
  return { c, one, two, round, draining: one.daemon.administration.draining };
}

describe('a node that is emptied', () => {
  it('gives nothing new, and what it has until its DEL; other nodes go on', async () => {
    const { one, two, draining } = await scene();
    const had = await one.add('api-1', 'c1', ['racks']);
    await draining.begin('new memory');
    await expect(one.add('api-2', 'c2', ['racks'])).rejects.toMatchObject({
      code: 'not-ready',
      message: expect.stringMatching(/^node "node1" is drained since .* \(new memory\), and gives no new addresses$/),
      advice: 'ipam-cli drain node1 --undo ends that',
    });
    expect(await one.add('api-1', 'c1', ['racks'])).toEqual(had);
    expect(await two.add('api-3', 'c3', ['racks'])).toHaveLength(1);
    const network = { network: 'net', source: { kind: 'named', pools: ['racks'] }, families: [] } as const;
    expect(one.daemon.ipam.readiness(network)).toMatchObject({ ready: false });
    // It is well: only networks have nothing to give.
    expect(one.daemon.ipam.readiness()).toMatchObject({ ready: true });
    await one.del('c1');
    expect(draining.state()).toMatchObject({ attachments: 0 });
  });

  it('leases no block, and hands its last one back when that has cooled down', async () => {
    const { c, one, round, draining } = await scene();
    await one.add('api-1', 'c1', ['racks']);
    expect(draining.state()).toMatchObject({ drained: undefined, attachments: 1, blocks: [expect.any(String)] });
    await draining.begin('new memory');
    await one.del('c1');
    await round();
    expect(draining.state().blocks).toHaveLength(1);
    c.clock.advance(31_000);
    await round();
    expect(draining.state()).toMatchObject({ attachments: 0, blocks: [] });
    await expect(one.daemon.administration.leaseBlock('node1', 'racks')).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('gives again when that is ended', async () => {
    const { one, draining } = await scene();
    await draining.begin('new memory');
    expect(await draining.end()).toMatchObject({ drained: undefined });
    expect(await one.add('api-1', 'c1', ['racks'])).toHaveLength(1);
  });

  it('stays so over a restart, with its first reason, until it is ended', async () => {
    const kept = disk();
    const begun = (now: number) => new NodeDrain({ node: 'node1', disk: kept, clock: { now: () => now } });
    await begun(0).begin('new memory');
    await begun(5_000).begin('new disks');
    expect(begun(9_000).drained).toEqual({ since: 0, reason: 'new memory' });
    await begun(9_000).end();
    expect(begun(9_000).drained).toBeUndefined();
  });

  it('says so to whoever asks why a Pod has no address', async () => {
    const { one, draining } = await scene();
    await draining.begin('new memory');
    await one.add('api-2', 'c2', ['racks']).catch(() => undefined);
    const explained = await one.daemon.administration.explain({ kind: 'pod', namespace: 'shop', name: 'api-2' });
    expect(explained.tries[0]?.message).toMatch(/is drained since/);
    expect(explained.prospects[0]?.refusal).toMatch(/is drained since/);
  });
});
