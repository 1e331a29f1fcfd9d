import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ShiftedClock } from '../kit/shifted-clock.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import type { ControllerProcess } from './controller-process.ts';
import { ControllerWorld, claimsPath, pool, type StoredObject, spiderpool } from './controller-world.ts';

const reason = needsControlPlane();

describe('ipam-controller, over losses and a thousand claims', () => {
  const world = new ControllerWorld();
  const { controlPlane } = world;

  skipEach(reason);
  beforeAll(async () => {
    if (reason === '') await world.open();
  });
  afterEach(() => world.endControllers());
  afterAll(() => controlPlane.stop());

  it('goes on with another replica when the leader is killed, and with none in between loses nothing', async () => {
    await controlPlane.apply(pool('two', { subnet: '10.43.0.0/24' }));
    const replicas = [await world.start(), await world.start()];
    const first = await world.leader(replicas);
    const second = replicas.find((replica) => replica !== first) as ControllerProcess;
    expect(await second.leads()).toBe(false);
    await waitFor(
      'the leader to show the pool',
      async () => (await first.metrics()).includes('pool="two"') || undefined,
    );
    expect(await second.metrics()).not.toContain('ipam_pool_ips{');
    await world.addClaim('10.43.0.5', { pool: 'two', podName: 'five', podUid: await world.addPod('five') });
    await world.endpointOf('five');
    await first.crash();
    await world.addClaim('10.43.0.6', { pool: 'two', podName: 'six', podUid: await world.addPod('six') });
    await world.remove(`${claimsPath}/10.43.0.5`);
    await world.leader([second]);
    await world.endpointOf('six');
    await world.noEndpointOf('five');
    await world.counts('two', 1);
    const pools = { pool: 'two', family: '4' };
    expect(await second.metric('ipam_pool_ips', { ...pools, state: 'used' })).toBe(1);
    expect(await second.metric('ipam_pool_ips', pools)).toBe(254);
    // In good order the lease is let go of, so the next leader waits for nobody.
    expect(await second.stop()).toBe(0);
    const lease = await controlPlane.get<{ spec: { holderIdentity: string } }>(
      '/apis/coordination.k8s.io/v1/namespaces/berth-system/leases/ipam-controller',
    );
    expect(lease?.spec.holderIdentity).toBe('');
    await world.remove(`${claimsPath}/10.43.0.6`);
    await world.start();
    await world.noEndpointOf('six');
  });

  it('goes on after the API server was away', async () => {
    await controlPlane.apply(pool('away', { subnet: '10.44.0.0/24' }));
    const controller = await world.start();
    await world.leader([controller]);
    await controlPlane.apiServer.crash();
    await waitFor('the leader to step down', async () => ((await controller.leads()) ? undefined : true));
    await controlPlane.apiServer.start();
    await world.addClaim('10.44.0.5', { pool: 'away', podName: 'after', podUid: await world.addPod('after') });
    await world.endpointOf('after');
    await world.counts('away', 1);
    await world.remove(`${claimsPath}/10.44.0.5`);
    await world.noEndpointOf('after');
  });

  it('writes one endpoint for each of a thousand claims, and few statuses', async () => {
    await controlPlane.apply(pool('many', { subnet: '10.45.0.0/16' }));
    const controller = await world.start();
    await world.leader([controller]);
    await world.counts('many', 0);
    const requests = async () => {
      const of = (verb: string, resource: string) => controller.metric('ipam_api_requests_total', { verb, resource });
      return {
        'create spiderendpoints': await of('create', 'spiderendpoints'),
        'update spiderendpoints': await of('update', 'spiderendpoints'),
        'delete spiderendpoints': await of('delete', 'spiderendpoints'),
        'update spiderippools': await of('update', 'spiderippools'),
        'update spiderippools/status': await of('update', 'spiderippools/status'),
        'get pods': await of('get', 'pods'),
      };
    };
    const before = await requests();
    const numbers = [...Array(1_000).keys()];
    for (let from = 0; from < numbers.length; from += 20) {
      await Promise.all(
        numbers.slice(from, from + 20).map(async (number) => {
          const podName = `many-${number}`;
          const podUid = await world.addPod(podName);
          await world.addClaim(`10.45.${4 + (number >> 8)}.${number & 255}`, { pool: 'many', podName, podUid });
        }),
      );
    }
    await world.counts('many', 1_000);
    const endpoints = (count: number): Promise<true> =>
      waitFor(
        `${count} endpoints`,
        async () => {
          const list = await controlPlane.get<{ items: unknown[] }>(`${spiderpool}/namespaces/shop/spiderendpoints`);
          return list?.items.length === count || undefined;
        },
        240_000,
        // A list of so many is work.
        250,
      );
    await endpoints(1_000);
    const after = await requests();
    const made = Object.fromEntries(
      Object.entries(after).map(([name, count]) => [name, count - before[name as keyof typeof before]]),
    );
    process.stdout.write(`1,000 claims: ${JSON.stringify(made)}\n`);
    expect(made['create spiderendpoints']).toBe(1_000);
    expect(made['update spiderendpoints']).toBe(0);
    // One a second at most, and ten minutes are all that this test has; one for each claim were a thousand.
    expect(made['update spiderippools/status']).toBeLessThan(numbers.length / 2);
    await controlPlane.kubectl('delete', 'ipclaims', '--all', '--wait=false');
    await world.counts('many', 0);
    await endpoints(0);
  }, 600_000);

  it('takes back what a lost node left, and nothing of a Pod that is there', async () => {
    await controlPlane.apply(
      pool('lost', { subnet: '10.46.0.0/24' }),
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1' } },
      {
        apiVersion: 'berth.network/v1alpha1',
        kind: 'IPBlock',
        metadata: { name: '10.47.0.0-28' },
        spec: { cidr: '10.47.0.0/28', pool: 'blocks', node: 'gone', daemon: 'gone' },
      },
    );
    const gone = { pool: 'lost', node: 'gone', daemon: 'gone' };
    await world.addClaim('10.46.0.5', { ...gone, podName: 'nobody', podUid: 'former' });
    await world.addClaim('10.46.0.6', { ...gone, podName: 'moved', podUid: 'former' });
    await world.addClaim('10.46.0.7', { pool: 'lost', podName: 'moved', podUid: await world.addPod('moved') });
    await world.addClaim('10.46.0.8', { ...gone, podName: 'stays', podUid: await world.addPod('stays') });
    await world.addClaim('10.46.0.9', { pool: 'lost', podName: 'unborn', podUid: 'not-there-yet' });
    // Five minutes later, by its own clock.
    const clock = new ShiftedClock(controlPlane.directory);
    clock.set(6 * 60_000);
    const controller = await world.start({ args: ['--lost-nodes-interval', '500ms'], env: clock.env });
    await world.counts('lost', 3);
    const left = (await controlPlane.get<{ items: StoredObject[] }>(claimsPath))?.items.map(
      ({ metadata }) => metadata.name,
    );
    expect(left).toEqual(['10.46.0.7', '10.46.0.8', '10.46.0.9']);
    // A block is kept for as long as the node has claims.
    const block = '/apis/berth.network/v1alpha1/ipblocks/10.47.0.0-28';
    expect(await controlPlane.get(block)).toBeDefined();
    await world.remove('/api/v1/namespaces/shop/pods/stays?gracePeriodSeconds=0');
    await world.counts('lost', 2);
    await waitFor(
      'the block to be handed back',
      async () => (await controlPlane.get(block)) === undefined || undefined,
    );
    const events = await controlPlane.get<{ items: { reason: string; message: string }[] }>(
      '/api/v1/namespaces/shop/events',
    );
    expect(events?.items.map(({ message }) => message)).toContain(
      'released 10.46.0.5 (node-deleted): node "gone" is gone, and Pod shop/nobody is gone',
    );
    // The last one counts when the controller has heard that it is deleted.
    const reclaimed = (): Promise<number> =>
      controller.metric('ipam_controller_reclaimed_total', { reason: 'node-deleted' });
    await waitFor('all four to be counted', async () => (await reclaimed()) >= 4 || undefined);
    expect(await reclaimed()).toBe(4);
  });
});
