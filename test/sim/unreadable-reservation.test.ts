import { describe, expect, it } from 'vitest';
import { reservedIPKind } from '../../src/resources/reserved-ip.ts';
import type { SimNode } from './sim-node.ts';
import { Stage } from './stage.ts';

/** A daemon that met a reservation of which nothing can be read, and knows nothing older of it. */
async function closed(): Promise<{ readonly stage: Stage; readonly node: SimNode }> {
  const stage = await Stage.open({
    pools: { office: { subnet: '10.0.0.0/24' } },
    nodes: 2,
    faults: ['start-while-away'],
  });
  const node = stage.node(1);
  node.loseDisk();
  await stage.store.create({
    apiVersion: 'spiderpool.spidernet.io/v2beta1',
    kind: reservedIPKind,
    metadata: { name: 'kept' },
    spec: { ips: ['banana'] },
  });
  await stage.until(() => node.daemon !== undefined);
  await expect(stage.add(node, 'a', 'web', 'office')).rejects.toThrow('gives nothing out');
  return { stage, node };
}

describe('a reservation that cannot be read, of which nothing older is known', () => {
  it('closes pools also when all reservations are listed again', async () => {
    const { stage, node } = await closed();
    node.link.cut = true;
    await stage.quarantine(stage.node(2), '10.0.0.77', 'somebody else answers for it');
    await stage.pass(20_000);
    node.link.cut = false;
    await stage.pass(20_000);
    await expect(stage.add(node, 'b', 'web', 'office')).rejects.toThrow('gives nothing out');
  });

  it('closes pools also after the next start', async () => {
    const { stage, node } = await closed();
    await stage.pass(20_000);
    await stage.restart(node);
    await expect(stage.add(node, 'b', 'web', 'office')).rejects.toThrow('gives nothing out');
  });

  it('closes blocks also after a start without the store', async () => {
    const stage = await Stage.open({
      pools: { office: { subnet: '10.0.0.0/24', blockSize: 28 } },
      nodes: 2,
      faults: ['start-while-away'],
    });
    const node = stage.node(1);
    await stage.add(node, 'a', 'web', 'office');
    node.loseDisk();
    await stage.store.create({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: reservedIPKind,
      metadata: { name: 'kept' },
      spec: null,
    });
    await stage.until(() => node.daemon !== undefined);
    await stage.pass(20_000);
    node.link.cut = true;
    await stage.restart(node);
    await expect(stage.add(node, 'b', 'web', 'office')).rejects.toThrow('gives nothing out');
    node.link.cut = false;
    await stage.pass(20_000);
    await expect(stage.add(node, 'c', 'web', 'office')).rejects.toThrow('gives nothing out');
  });
});
