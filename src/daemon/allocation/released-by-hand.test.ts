import { describe, expect, it } from 'vitest';
import { Cluster } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

describe('what an operator releases', () => {
  it('is told of on the Pod with the reason; a DEL of the runtime is not', async () => {
    const told: string[] = [];
    const c = new Cluster();
    const onByHand = ({ name }: { readonly name: string }, _: string, message: string) =>
      void told.push(`${name}: ${message}`);
    const node = await c.node('node1', { onByHand });
    await node.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.9'] }));
    await node.add('first', 'c-1');
    await node.del('c-1');
    c.clock.advance(60_000);
    await node.add('second', 'c-2');
    const attachment = { network: 'net', containerId: 'c-2', ifname: 'eth0' };
    await node.daemon.ipam.release(attachment, 'its node lost power');
    // Nothing is there any more.
    await node.daemon.ipam.release(attachment, 'once more');
    expect(told).toEqual(['second: 10.5.0.9 of eth0 released by hand: its node lost power']);
  });
});
