import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import type { PodRef } from '../../ipam/attachment.ts';
import type { Answer, Neighbours, Sought } from '../../platform/neighbours.ts';
import type { IpamError } from '../../resources/errors.ts';
import type { Detection, PoolSpec } from '../../resources/pool.ts';
import { Cluster, events } from '../testing/cluster.ts';
import { pool as newPool } from '../testing/world.ts';

const stranger = '4e:39:60:e5:32:80';

/** A segment on which strangers have addresses. */
class SegmentOf implements Neighbours {
  readonly asked: string[] = [];
  readonly #macs: Readonly<Record<string, readonly string[]>>;
  /** Why nobody can be asked; empty: they can. */
  closed = '';
  onAsked: () => void = () => {};

  constructor(macs: Readonly<Record<string, readonly string[]>>) {
    this.#macs = macs;
  }

  async ask(
    { netns, ifname }: { netns: string; ifname: string },
    sought: readonly Sought[],
  ): Promise<readonly Answer[]> {
    this.onAsked();
    return sought.map(({ address }): Answer => {
      this.asked.push(`${netns} ${ifname} ${address}`);
      if (this.closed !== '') return { kind: 'unknown', why: this.closed };
      const macs = this.#macs[address] ?? [];
      return macs.length === 0 ? { kind: 'nobody' } : { kind: 'somebody', macs };
    });
  }
}

/** As the executable sends an ADD again that it had no answer to. */
const unanswered = { id: 'x1', interface: 'present' } as const;

interface Scene {
  readonly conflict?: Detection;
  readonly gateway?: Detection;
  readonly pool?: Partial<PoolSpec>;
  readonly closed?: string;
}

async function scene(
  macs: Readonly<Record<string, readonly string[]>>,
  { pool = {}, closed = '', ...detections }: Scene,
) {
  const cluster = new Cluster();
  const told: { pod: PodRef; error: IpamError }[] = [];
  const answers: string[] = [];
  const neighbours = new SegmentOf(macs);
  neighbours.closed = closed;
  const node = await cluster.node('node1', {
    conflicts: {
      neighbours,
      conflict: 'none',
      gateway: 'none',
      ...detections,
      quarantineMs: 3_600_000,
      onAnswer: (what, answer) => answers.push(`${what} ${answer}`),
      onFound: (pod, error) => told.push({ pod, error }),
    },
  });
  const spec = { subnet: '10.5.0.0/29', gateway: '10.5.0.6', ...pool };
  await node.daemon.resources.apply(newPool('office', spec));
  await events();
  return { cluster, node, told, answers, neighbours };
}

/** Which this node tries first, and which then: nodes of one store do not begin at the same place. */
const [first, second] = ['10.5.0.1', '10.5.0.4'] as const;

describe('an address that somebody else answers for', () => {
  it('is quarantined with his MAC, and the same ADD gives the next one', async () => {
    const { node, told, answers, neighbours } = await scene({ [first]: [stranger] }, { conflict: 'refuse' });
    expect(await node.add('api-1', 'c1')).toEqual([second]);
    expect(neighbours.asked).toEqual([`/run/netns/c1 eth0 ${first}`, `/run/netns/c1 eth0 ${second}`]);
    expect(answers).toEqual(['address somebody', 'address nobody']);
    expect(await node.daemon.administration.stateOf(parseAddress(first))).toMatchObject({
      state: 'quarantined',
      message: expect.stringContaining(`answered by ${stranger} when node1 was about to give it`),
    });
    expect(told.map(({ pod, error }) => `${pod.name}: ${error.code}: ${error.message}`)).toEqual([
      `api-1: address-conflict: address ${first} of pool "office" is used by ${stranger}; it is in quarantine now`,
    ]);
    expect(await node.check()).toEqual([]);
  });

  it('is given again when its quarantine is over, if nobody answers for it any more', async () => {
    const macs: Record<string, readonly string[]> = { [first]: [stranger] };
    const { cluster, node } = await scene(macs, { conflict: 'refuse', pool: { ips: [first] } });
    await expect(node.add('api-1', 'c1')).rejects.toMatchObject({ code: 'pool-exhausted' });
    delete macs[first];
    cluster.clock.advance(3_600_000);
    await node.daemon.maintenance.round();
    await events();
    expect(await node.add('api-1', 'c2')).toEqual([first]);
  });

  it('is given all the same where a conflict is only to be told', async () => {
    const { node, told } = await scene({ [first]: [stranger] }, { conflict: 'warn' });
    expect(await node.add('api-1', 'c1')).toEqual([first]);
    expect(told.map(({ error }) => error.message)).toEqual([
      `address ${first} of pool "office" is used by ${stranger}; it is given all the same`,
    ]);
  });

  it('is not given to whom it stays with, and stays his: nothing is quarantined', async () => {
    const macs: Record<string, readonly string[]> = {};
    const { cluster, node } = await scene(macs, { conflict: 'refuse' });
    expect(await node.add('web-0', 'c1')).toEqual([first]);
    await node.del('c1');
    macs[first] = [stranger];
    await expect(node.add('web-0', 'c2')).rejects.toMatchObject({
      code: 'address-conflict',
      message: `address ${first} of pool "office" is used by ${stranger}`,
    });
    expect(await cluster.claims()).toEqual([`${first} parked`]);
    delete macs[first];
    expect(await node.add('web-0', 'c3')).toEqual([first]);
  });

  it.for<readonly [title: string, conflict: Detection, own: Detection | undefined, address: string]>([
    ['looks where its pool asks for it and the daemon does not', 'none', 'refuse', second],
    ['does not look where its pool does not want it', 'refuse', 'none', first],
    ['looks as the daemon does where its pool says nothing', 'refuse', undefined, second],
  ])('%s', async ([, conflict, own, address]) => {
    const pool = own === undefined ? {} : { conflictDetection: own };
    const { node } = await scene({ [first]: [stranger] }, { conflict, pool });
    expect(await node.add('api-1', 'c1')).toEqual([address]);
  });

  it('is given where nobody can be asked, and that is counted', async () => {
    const { node, answers } = await scene({ [first]: [stranger] }, { conflict: 'refuse', closed: 'no such interface' });
    expect(await node.add('api-1', 'c1')).toEqual([first]);
    expect(answers).toEqual(['address unknown']);
  });

  it('is answered again to a repeated ADD without a question: its own container answers for it by then', async () => {
    const macs: Record<string, readonly string[]> = {};
    const { node, neighbours } = await scene(macs, { conflict: 'refuse' });
    expect(await node.add('api-1', 'c1')).toEqual([first]);
    macs[first] = [stranger];
    expect(await node.add('api-1', 'c1')).toEqual([first]);
    expect(neighbours.asked).toHaveLength(1);
  });

  it('is asked for again where the executable had no answer: the daemon may have died before it asked', async () => {
    const macs: Record<string, readonly string[]> = {};
    const { cluster, node } = await scene(macs, { conflict: 'refuse' });
    const request = {
      attachment: { network: 'net', containerId: 'c1', ifname: 'eth0' },
      ...({
        netns: '/run/netns/c1',
        source: { kind: 'named', pools: ['office'] },
        families: [],
        requested: [],
      } as const),
      execution: unanswered,
    };
    const given = async () => (await node.daemon.ipam.allocate(request)).addresses.map(({ address }) => address);
    expect(await given()).toEqual([first]);
    expect(await given()).toEqual([first]);
    macs[first] = [stranger];
    expect(await given()).toEqual([second]);
    expect(await cluster.claims()).toEqual([`${second} c1`]);
  });

  it('does not keep an ADD longer than its executable waits: it ends, and says what is in quarantine', async () => {
    const { cluster, node, neighbours } = await scene(
      Object.fromEntries(['1', '2', '3', '4', '5'].map((last) => [`10.5.0.${last}`, [stranger]])),
      { conflict: 'refuse' },
    );
    neighbours.onAsked = () => cluster.clock.advance(4_000);
    await expect(node.add('api-1', 'c1')).rejects.toMatchObject({
      code: 'not-ready',
      message: `addresses go into quarantine while they are taken: ${first} (${stranger}), ${second} (${stranger})`,
    });
    expect(neighbours.asked).toHaveLength(2);
    expect(await cluster.claims()).toEqual([]);
  });
});

describe('a gateway', () => {
  it('that does not answer refuses the ADD, and gives the address back', async () => {
    const { node, answers } = await scene({}, { gateway: 'refuse' });
    await expect(node.add('api-1', 'c1')).rejects.toMatchObject({
      code: 'gateway-unreachable',
      message: 'gateway 10.5.0.6 of pool "office" does not answer',
    });
    expect(answers).toEqual(['gateway nobody']);
    expect(node.daemon.administration.allocations()).toEqual([]);
  });

  it('that answers is nothing to tell', async () => {
    const { node, told } = await scene({ '10.5.0.6': [stranger] }, { gateway: 'refuse' });
    expect(await node.add('api-1', 'c1')).toEqual([first]);
    expect(told).toEqual([]);
  });

  it('that two claim is told of, and the address is given: nobody here can tell which it is', async () => {
    const { node, told } = await scene({ '10.5.0.6': [stranger, '4e:39:60:e5:32:81'] }, { gateway: 'refuse' });
    expect(await node.add('api-1', 'c1')).toEqual([first]);
    expect(told.map(({ error }) => error.message)).toEqual([
      `gateway 10.5.0.6 of pool "office" is claimed by ${stranger} and 4e:39:60:e5:32:81`,
    ]);
  });
});
