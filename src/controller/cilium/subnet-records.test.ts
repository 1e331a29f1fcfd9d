import { describe, expect, it } from 'vitest';
import { nodeOf } from '../../cilium/testing/nodes.ts';
import { formatPrefix, parsePrefix } from '../../ip/prefix.ts';
import { isIpamError } from '../../resources/errors.ts';
import { SubnetRecords } from './subnet-records.ts';
import { ConfigMaps } from './testing/config-maps.ts';

const pools = [{ cidr: parsePrefix('10.240.0.0/22'), maskSize: 24 }];

describe('the subnets of nodes', () => {
  const open = (maps: ConfigMaps) => new SubnetRecords({ client: maps.client, namespace: 'kube-system', pools });
  const allot = async (records: SubnetRecords, name: string, nodes: readonly ReturnType<typeof nodeOf>[] = []) =>
    (await records.allot(nodeOf(name), nodes, [4])).map(formatPrefix);

  it('are given once, when two controllers know of no other', async () => {
    const maps = new ConfigMaps();
    const [one, other] = [open(maps), open(maps)];
    await Promise.all([one.adopt([]), other.adopt([])]);
    expect(await allot(one, 'a')).toEqual(['10.240.0.0/24']);
    // It has not seen that: it is refused, and reads what was written.
    const refused = await allot(other, 'b').catch((error: unknown) => error);
    expect(isIpamError(refused, 'conflict')).toBe(true);
    expect(await allot(other, 'b')).toEqual(['10.240.1.0/24']);
    expect(maps.lines('cilium-ipam-subnets')).toEqual({ a: '10.240.0.0/24', b: '10.240.1.0/24' });
  });

  it('are those that nodes have already', async () => {
    const maps = new ConfigMaps();
    const nodes = [nodeOf('old', { podCIDRs: ['10.240.0.0/24'] }), nodeOf('wide', { podCIDRs: ['10.240.2.0/23'] })];
    const records = open(maps);
    await records.adopt(nodes);
    expect(maps.lines('cilium-ipam-subnets')).toEqual({ old: '10.240.0.0/24', wide: '10.240.2.0/23' });
    expect(await allot(records, 'new')).toEqual(['10.240.1.0/24']);
    expect(await allot(records, 'one more')).toEqual([]);
  });

  it('are a node’s again when its object was written before it had them', async () => {
    const maps = new ConfigMaps();
    const records = open(maps);
    await records.adopt([]);
    expect(await allot(records, 'a')).toEqual(await allot(records, 'a'));
  });

  it('are free when the node is gone', async () => {
    const maps = new ConfigMaps();
    const records = open(maps);
    await records.adopt([]);
    await allot(records, 'a');
    await records.release('a');
    expect(await allot(records, 'b')).toEqual(['10.240.0.0/24']);
  });
});
