import { describe, expect, it } from 'vitest';
import type { Peers } from '../../../ipam/cluster-port.ts';
import { IpamError } from '../../../resources/errors.ts';
import { Cluster } from '../../testing/cluster.ts';
import { pool } from '../../testing/world.ts';

const silent = async (): Promise<never> => {
  throw new IpamError('store-unavailable', 'no answer');
};
/** A daemon that answers of no block. */
const forgetful: Peers = {
  nodes: async () => ['node1'],
  blocks: async () => [],
  page: silent,
  find: silent,
  check: silent,
  explain: silent,
  due: silent,
  history: silent,
  forecast: silent,
};

describe('blocks of the whole cluster', () => {
  it.each([
    ['does not answer', { ...forgetful, blocks: silent }, ['node1']],
    ['answers, and does not name it', forgetful, []],
  ])('of which nobody knows who has what are unknown, where its daemon %s', async (_, peers, unanswered) => {
    const c = new Cluster();
    const one = await c.node('node1');
    await one.daemon.resources.apply(pool('blocks', { subnet: '10.20.0.0/24', blockSize: 28 }));
    await one.add('a', 'c-a', ['blocks']);
    const two = await c.node('node2', { peers });
    const told = await two.daemon.administration.cluster.blocks();
    const [block] = told.value;
    expect([block?.used, block?.unknown]).toEqual([0n, block?.total]);
    expect(block?.total).toBeGreaterThan(0n);
    expect(told.unanswered.map(({ node }) => node)).toEqual(unanswered);
  });
});
