import { describe, expect, it } from 'vitest';
import { byCall, type ReleaseCause, type Released } from '../../ipam/reclaim/release-cause.ts';
import { Cluster } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

describe('what an operator releases', () => {
  it('is told of with what the operator said, once; a DEL of the runtime as that', async () => {
    const told: string[] = [];
    const c = new Cluster();
    const onReleased = ({ pod, addresses: [first] }: Released, { reason, text }: ReleaseCause) =>
      void told.push(`${pod?.name} ${first?.address} ${reason}: ${text}`);
    const node = await c.node('node1', { onReleased });
    await node.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.9'] }));
    await node.add('first', 'c-1');
    await node.del('c-1');
    c.clock.advance(60_000);
    await node.add('second', 'c-2');
    const attachment = { network: 'net', containerId: 'c-2', ifname: 'eth0' };
    await node.daemon.ipam.release(attachment, byCall('its node lost power'));
    // Nothing is there any more.
    await node.daemon.ipam.release(attachment, byCall('once more'));
    expect(told).toEqual(['first 10.5.0.9 del: ', 'second 10.5.0.9 by-hand: its node lost power']);
  });
});
