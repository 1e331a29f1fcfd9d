import { describe, expect, it } from 'vitest';
import type { AllocateRequest } from '../../ipam/request.ts';
import { addressesOf, world } from '../testing/world.ts';

/** A daemon on node1, whose rack has these subnets. */
async function inRack(...subnets: object[]) {
  const one = await world('');
  await one.daemon.topology.registerNodes([{ id: 'node1', spec: { tor_id: 'tor-1' } }]);
  await one.daemon.topology.apply({
    zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', tors: [{ id: 'tor-1', subnets }] }] }],
  });
  const add = async (from: number, to: number, more: Partial<AllocateRequest> = {}): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let at = from; at <= to; at += 1) found.push(...(await addressesOf(one, `c${at}`, more)));
    return found;
  };
  return { one, add };
}

describe('a rack with several subnets', () => {
  it('gives addresses of the least used', async () => {
    const { add } = await inRack({ cidr: '10.1.0.0/29' }, { cidr: '10.1.1.0/28' });
    // Of 6 and of 14.
    expect(await add(1, 5)).toEqual(['10.1.0.1', '10.1.1.1', '10.1.1.2', '10.1.1.3', '10.1.0.2']);
  });

  it('gives the last address that any of them has', async () => {
    const { add } = await inRack({ cidr: '10.1.0.0/30' }, { cidr: '10.1.1.0/29' });
    expect(await add(1, 8)).toHaveLength(8);
    await expect(add(9, 9)).rejects.toThrow(/no IPv4 address left/);
  });

  it('chooses so among those for a purpose, too', async () => {
    const { add } = await inRack(
      { cidr: '10.1.0.0/28' },
      { cidr: '10.1.1.0/28', purpose: 'storage' },
      { cidr: '10.1.2.0/28', purpose: 'storage' },
    );
    const storage: Partial<AllocateRequest> = { source: { kind: 'purpose', purpose: 'storage' } };
    expect(await add(1, 3, storage)).toEqual(['10.1.1.1', '10.1.2.1', '10.1.1.2']);
  });

  it('gives in the order that is asked for where pools are named', async () => {
    const { add } = await inRack({ cidr: '10.1.0.0/28' }, { cidr: '10.1.1.0/28' });
    const named: Partial<AllocateRequest> = {
      source: { kind: 'named', pools: ['topology-10.1.1.0-28', 'topology-10.1.0.0-28'] },
    };
    expect(await add(1, 2, named)).toEqual(['10.1.1.1', '10.1.1.2']);
  });

  it('gives what it has in memory before it leases a block of another', async () => {
    const { add } = await inRack(
      { cidr: '10.1.0.0/26', gateway: '10.1.0.1', block_size: 29 },
      { cidr: '10.1.1.0/26', gateway: '10.1.1.1', block_size: 29 },
    );
    const all = await add(1, 5);
    expect(new Set(all.map((address) => address.split('.')[2]))).toEqual(new Set(['0']));
  });
});
