import { afterEach, describe, expect, it } from 'vitest';
import { pool } from '../daemon/testing/world.ts';
import { parseAddress } from '../ip/address.ts';
import { rangeContains } from '../ip/range.ts';
import { PeeredCluster } from './testing/peered-cluster.ts';

const at = (text: string) => ({ kind: 'address', address: parseAddress(text) }) as const;
const pod = (name: string) => ({ kind: 'pod', namespace: 'shop', name }) as const;

describe('an explanation, whichever daemon is asked', () => {
  let peered: PeeredCluster;

  afterEach(() => peered.close());

  const open = async (): Promise<PeeredCluster> => {
    peered = await new PeeredCluster().open(['node1', 'node2', 'node3']);
    return peered;
  };
  const administrationOf = (name: string) => peered.get(name).daemon.administration;

  it('tells of an address what the daemon knows that has it: of a block, of a shared pool', async () => {
    await open();
    const [inBlock = ''] = await peered.get('node1').add('a', 'c-a', ['blocks']);
    const [claimed = ''] = await peered.get('node1').add('b', 'c-b', ['office']);
    for (const name of ['node1', 'node2', 'node3']) {
      for (const [text, rule] of [
        [inBlock, /record of the daemon of node "node1", for net\/c-a\/eth0 out of block/],
        [claimed, /claim .* and the record of its daemon, for net\/c-b\/eth0/],
      ] as const) {
        const { value, unanswered } = await administrationOf(name).cluster.explain(at(text));
        expect(unanswered).toEqual([]);
        const netns = expect.stringContaining('/run/netns/');
        expect(value.addresses, name).toMatchObject([
          {
            address: text,
            state: { state: 'held' },
            holder: { node: 'node1', netns },
            rule: expect.stringMatching(rule),
          },
        ]);
        expect(value.addresses[0]?.since).toBe(peered.cluster.clock.now());
      }
    }
  });

  it('says what is missing when the daemon of an address does not answer, and tells what claims tell', async () => {
    await open();
    const [inBlock = ''] = await peered.get('node1').add('a', 'c-a', ['blocks']);
    const [claimed = ''] = await peered.get('node1').add('b', 'c-b', ['office']);
    peered.endpoints.set('node1', '127.0.0.1:1');
    const { cluster } = administrationOf('node2');
    expect(await cluster.explain(at(inBlock))).toMatchObject({
      value: { addresses: [{ state: { state: 'unknown' }, holder: undefined }] },
      unanswered: [{ node: 'node1' }],
    });
    expect(await cluster.explain(at(claimed))).toMatchObject({
      value: { addresses: [{ state: { state: 'held' }, rule: expect.stringContaining('claim') }] },
      unanswered: [],
    });
  });

  it('tells of a Pod without an address how it was refused last, and what would come of asking now', async () => {
    await open();
    const node = peered.get('node2');
    await node.daemon.resources.apply(pool('tiny', { subnet: '10.7.0.0/29', ips: ['10.7.0.2'], gateway: '10.7.0.1' }));
    await node.add('first', 'c-1', ['tiny']);
    for (const container of ['c-2', 'c-3']) {
      await expect(node.add('late', container, ['tiny'])).rejects.toMatchObject({ code: 'pool-exhausted' });
    }
    const explained = async () => (await administrationOf('node1').cluster.explain(pod('late'))).value;
    const reason = expect.stringContaining('every address is taken');
    expect(await explained()).toMatchObject({
      addresses: [],
      tries: [
        {
          node: 'node2',
          network: 'net',
          ifname: 'eth0',
          tries: 2,
          code: 'pool-exhausted',
          pools: [{ pool: 'tiny', reason }],
        },
      ],
      prospects: [
        {
          node: 'node2',
          refusal: 'no IPv4 address is left in the pools that may be used',
          pools: [{ pool: 'tiny', reason }],
        },
      ],
    });
    await node.del('c-1');
    expect(await explained()).toMatchObject({
      tries: [{}],
      prospects: [{ refusal: '', pools: [{ pool: 'tiny', reason: '' }] }],
    });
    await node.add('late', 'c-4', ['tiny']);
    expect(await explained()).toMatchObject({ addresses: [{ address: '10.7.0.2' }], tries: [], prospects: [] });
  });

  it('tells by which rule each pool was passed over', async () => {
    await open();
    const node = peered.get('node2');
    await node.daemon.resources.apply(pool('else', { subnet: '10.7.0.0/24', nodeName: ['node9'] }));
    await expect(node.add('late', 'c-2', ['else'])).rejects.toMatchObject({ code: 'not-found' });
    const pools = [{ pool: 'else', reason: 'is for nodes "node9", and this is node "node2"' }];
    expect((await administrationOf('node3').cluster.explain(pod('late'))).value).toMatchObject({
      tries: [{ pools }],
      prospects: [{ refusal: expect.stringContaining('no IPv4 pool to allocate from'), pools }],
    });
  });

  it('counts a pool on all nodes, and refuses one that is not there', async () => {
    await open();
    await peered.get('node1').add('a', 'c-a', ['blocks']);
    await peered.get('node2').add('b', 'c-b', ['blocks']);
    const { cluster } = administrationOf('node3');
    const { value } = await cluster.explain({ kind: 'pool', name: 'blocks' });
    expect(value.pool?.shares).toContainEqual(expect.objectContaining({ kind: 'held', count: 2n }));
    expect(value.pool?.blocks.map(({ node }) => node).sort()).toEqual(['node1', 'node2']);
    await expect(cluster.explain({ kind: 'pool', name: 'nope' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of what is free counts what all nodes have, and names the blocks of which nobody was heard', async () => {
    await open();
    const [here = ''] = await peered.get('node1').add('a', 'c-a', ['blocks']);
    const [there = ''] = await peered.get('node2').add('b', 'c-b', ['blocks']);
    const free = (name: string) => administrationOf(name).cluster.free('blocks', 2);
    const whole = await free('node1');
    expect(whole.unanswered).toEqual([]);
    expect(whole.value).toMatchObject({ unknown: 0n, count: 16n * 13n - 2n, node: 'node1' });
    expect(whole.value.parts.map(({ node, count }) => [node, count])).toContainEqual(['node2', 12n]);
    const inParts = whole.value.parts.flatMap(({ ranges }) => ranges.ranges);
    for (const text of [here, there]) {
      expect(
        inParts.some((range) => rangeContains(range, parseAddress(text))),
        text,
      ).toBe(false);
    }
    const next = await peered.get('node1').add('c', 'c-c', ['blocks']);
    expect(next[0]).toBe(whole.value.next[0]);
    peered.endpoints.set('node2', '127.0.0.1:1');
    expect(await free('node3')).toMatchObject({ value: { unknown: 13n }, unanswered: [{ node: 'node2' }] });
    expect((await administrationOf('node3').free('blocks', 2)).unknown).toBe(26n);
  });

  it('of what is free of a shared pool goes by claims, and knows of no order among daemons', async () => {
    await open();
    await peered.get('node1').add('a', 'c-a', ['office']);
    for (const name of ['node1', 'node2', 'node3']) {
      const { value } = await administrationOf(name).cluster.free('office', 3);
      expect(value, name).toMatchObject({ count: 253n, next: [], afterwards: expect.stringContaining('each daemon') });
    }
  });

  it('of what comes back by itself is of all daemons, and says whose word is missing', async () => {
    await open();
    await peered.get('node1').add('a', 'c-a', ['blocks']);
    const { cidr } = await administrationOf('node1').leaseBlock('node1', 'blocks');
    const { cluster } = administrationOf('node3');
    const block = { kind: 'empty-block', subject: cidr, node: 'node1' };
    expect(await cluster.due()).toMatchObject({ value: [block], unanswered: [] });
    peered.endpoints.set('node1', '127.0.0.1:1');
    expect((await administrationOf('node2').cluster.due()).unanswered).toMatchObject([{ node: 'node1' }]);
  });
});
