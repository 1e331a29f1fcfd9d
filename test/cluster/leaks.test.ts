import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin } from '../kit/paths.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsNodes } from './binaries.ts';
import { ControllerProcess } from './controller-process.ts';
import { type LeakCase, leakTable, type Measured, measured } from './leak-table.ts';
import { type Attached, ClaimLookout, LeakYard, side } from './leak-yard.ts';
import { podManifest } from './pod.ts';
import { pool, Underlay } from './underlay.ts';

const reason = needsNodes();
/** `make leaks` abandons 1,000 attachments. */
const count = Number(process.env.BERTH_LEAKS ?? 45);

const [sandboxDeadline, goneAfter, terminatingDelay, sandboxGone, missing] = [5_000, 10_000, 5_000, 10_000, 10_000];
const [nodeNotReady, scaleDownGrace, lostNodes] = [20_000, 6_000, 1_000];
/** Rounds of two busy processes, and a look at the claims. */
const round = 5_000;
const text = (ms: number): string => `${ms}ms`;
const allocation = { sandboxDeadline: text(sandboxDeadline), goneAfter: text(goneAfter) };
const reclaim = { terminatingDelay: text(terminatingDelay), sandboxGone: text(sandboxGone) };
const controllerConfig = {
  resync: { lostNodesInterval: text(lostNodes), scaleDownGrace: text(scaleDownGrace) },
  reclaim: {
    sandboxDeadline: text(sandboxDeadline),
    terminatingDelay: text(terminatingDelay),
    terminatingOnNotReadyNode: true,
    nodeNotReady: text(nodeNotReady),
  },
};
/** In how many ways attachments are abandoned. */
const ways = 15;

describe('attachments that are abandoned', () => {
  const underlay = new Underlay({
    ipam: () => ({ type: 'ipam-plugin', daemonSocket: '/run/ipam/ipam.sock' }),
    daemon: { allocation, reclaim },
  });
  const { cluster } = underlay;
  const yard = new LeakYard(underlay);
  const lookout = new ClaimLookout(underlay);
  const each = Math.ceil(count / ways);
  const results: Measured[] = [];
  let controller: ControllerProcess | undefined;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await underlay.start();
    await cluster.apply(pool('leaks', { subnet: '10.66.0.0/16', ips: ['10.66.0.10-10.66.199.255'], default: true }));
    const kubeconfig = await cluster.controlPlane.kubeconfigFor('berth-system/ipam-controller');
    const node = cluster.node('node1');
    node.writeFile('/var/lib/berth/controller.yaml', JSON.stringify(controllerConfig));
    const args = ['--config', node.path('/var/lib/berth/controller.yaml'), '--log-format', 'text'];
    controller = new ControllerProcess({ kubeconfig, args });
    await controller.start();
    lookout.start();
  }, 300_000);
  afterAll(async () => {
    await lookout.stop();
    await controller?.remove();
    await underlay.stop();
  });

  const logs = (): string => `${underlay.daemons.map(({ process }) => process.log).join('')}${controller?.log}`;
  const names = (of: string, many = each) => Array.from({ length: many }, (_, index) => ({ name: `${of}-${index}` }));
  /** Waits until they are old enough for all rules, so that what is measured is the rule alone. */
  const aged = (attached: readonly Attached[]): Promise<readonly Attached[]> => {
    const until = Date.now() + sandboxDeadline + 1_500;
    return waitFor('attachments to be old enough', () => (Date.now() > until ? attached : undefined), 60_000, 200);
  };
  /** Abandons each. @returns since when */
  async function abandoned(
    attached: readonly Attached[],
    act: (one: Attached) => Promise<void>,
  ): Promise<ReadonlyMap<string, number>> {
    const at = await side(attached, async (one) => {
      const before = Date.now();
      await act(one);
      return [one.address, before] as const;
    });
    return new Map(at);
  }
  async function see(...cases: readonly LeakCase[]): Promise<void> {
    const found = await Promise.all(cases.map((one) => measured(one, lookout, logs)));
    results.push(...found);
    process.stdout.write(`${leakTable(found)}\n`);
    expect(found.flatMap(({ leak, early }) => early.map((address) => `${leak.name}: ${address}`))).toEqual([]);
    expect(found.flatMap(({ leak, otherReason }) => otherReason.map((one) => `${leak.name}: ${one}`))).toEqual([]);
  }

  it('come back on a node that runs, each within the time of its rule and none before; what lives keeps what it has', async () => {
    const node = cluster.node('node1');
    const on = (of: string, network = 'leaks', many = each) => yard.attach(node, network, names(of, many));
    const finalizer = (of: string) =>
      names(of).map((one) => ({ ...one, metadata: { finalizers: ['berth.network/test'] } }));
    const [deleted, collected, gone, renewed, finished, evicted, replaced] = [
      await on('deleted'),
      await on('collected', 'leaks-gc'),
      await on('gone'),
      await on('renewed'),
      await on('finished'),
      await on('evicted'),
      await on('replaced'),
    ];
    const ending = await yard.attach(node, 'leaks', finalizer('ending'));
    const kept = await on('kept', 'leaks', 5);
    await aged(ending);
    // What looks like garbage by one sign, and is not by another.
    const [headless, done, overdue, lost] = kept;
    if (headless === undefined || done === undefined || overdue === undefined || lost === undefined)
      throw new Error('few');
    await yard.deletePod(headless);
    await yard.finish(done, 'Succeeded');
    await yard.removeNetns(lost);
    const dels = await abandoned(deleted, (one) => yard.del(one));
    const before = Date.now();
    await yard.gc(node, 'leaks-gc');
    const orphans = new Map<string, number>();
    for (let index = 0; index < each; index += 1)
      orphans.set(await yard.claim('node1', `10.66.200.${index + 1}`), Date.now());
    const podGone = await abandoned(gone, async (one) => {
      await yard.removeNetns(one);
      await yard.deletePod(one);
    });
    const podRenewed = await abandoned(renewed, async (one) => {
      await yard.removeNetns(one);
      await yard.deletePod(one);
      await yard.pod({ name: one.pod.name });
    });
    const podFinished = await abandoned(finished, async (one) => {
      await yard.removeNetns(one);
      await yard.finish(one, 'Succeeded');
    });
    const podEvicted = await abandoned(evicted, async (one) => {
      await yard.removeNetns(one);
      await yard.finish(one, 'Failed');
    });
    const podEnding = await abandoned(ending, async (one) => {
      await yard.removeNetns(one);
      await yard.deletePod(one);
    });
    const successors: Attached[] = [];
    const sandboxes = await abandoned(replaced, async (one) => {
      await yard.removeNetns(one);
      successors.push(await yard.attachPod(node, 'leaks', one.pod));
    });
    // What a Pod has been asked for before is asked again only after so long, and an ending Pod's time is in whole seconds.
    const asked = { notBefore: goneAfter, within: 2 * goneAfter + round };
    await see(
      { name: 'DEL', reason: '', notBefore: 0, within: round, since: dels },
      {
        ...{ name: 'CNI GC', reason: 'gc', notBefore: 0, within: round },
        since: new Map(collected.map(({ address }) => [address, before])),
      },
      { name: 'Pod gone', reason: 'pod-gone', ...asked, since: podGone },
      { name: 'Pod gone, another of its name there', reason: 'pod-gone', ...asked, since: podRenewed },
      { name: 'Pod succeeded', reason: 'pod-finished', ...asked, since: podFinished },
      { name: 'Pod failed or evicted', reason: 'pod-finished', ...asked, since: podEvicted },
      {
        ...{ name: 'Pod terminating, node ready', reason: 'pod-terminating', notBefore: terminatingDelay - 1_000 },
        ...{ within: terminatingDelay + goneAfter + round, since: podEnding },
      },
      {
        ...{ name: 'sandbox gone, another in its place', reason: 'sandbox-gone', notBefore: sandboxGone },
        ...{ within: sandboxGone + round, since: sandboxes },
      },
      {
        ...{ name: 'claim without a record', reason: 'orphaned-claim', notBefore: sandboxDeadline - 1_000 },
        ...{ within: sandboxDeadline + 5_000 + round, since: orphans },
      },
    );
    for (const { address } of [...kept, ...successors]) expect(lookout.goneAt(address)).toBeUndefined();
    // What waited for its network namespace comes back when that goes, and what lost it when its Pod does.
    await yard.removeNetns(headless);
    await yard.deletePod(lost);
    await waitFor(
      'both to come back',
      () => [headless, lost].every(({ address }) => lookout.goneAt(address)) || undefined,
    );
    expect(lookout.goneAt(overdue.address)).toBeUndefined();
  }, 900_000);

  it('come back when kubelet ended their Pods and no DEL came', async () => {
    const { node } = underlay.daemon('node1');
    const many = Math.min(each, 20);
    const made = (name: string, more: object) => ({ ...podManifest({ name, node: 'node1' }), ...more });
    const manifests = names('real', many).map(({ name }) => made(name, {}));
    await cluster.apply(...manifests);
    const addresses = await side(
      names('real', many),
      async ({ name }) => (await cluster.podReady(name)).status.podIP ?? '',
    );
    // It says yes to everything, and tells nobody.
    node.installPlugin('/bin/true', 'ipam-plugin');
    const since = new Map(addresses.map((address) => [address, Date.now()] as const));
    await cluster.kubectl('delete', '--wait=false', 'pods', ...names('real', many).map(({ name }) => name));
    // The grace period of a second, and kubelet's own pace: up to a minute.
    await see({
      name: 'Pod ended by kubelet, DEL lost',
      reason: '(pod-gone|pod-terminating)',
      notBefore: 1_000,
      within: 90_000,
      since,
    });
    node.installPlugin(join(bin, 'ipam-plugin'), 'ipam-plugin');
  }, 600_000);

  it('come back when their interface was removed, and when their machine started anew', async () => {
    const daemon = underlay.daemon('node1');
    const { node } = daemon;
    daemon.configure({ allocation, reclaim: { ...reclaim, interfaceMissing: text(missing) } });
    await daemon.process.stop();
    await daemon.process.start();
    const attached = await yard.attach(node, 'leaks', names('unplugged'));
    const [renamed] = await yard.attach(node, 'leaks', names('renamed', 1));
    if (renamed === undefined) throw new Error('few');
    const all = (await daemon.addresses()).length;
    // Each look asks the kernel of each namespace once.
    const lookMs = 200 * all;
    const seenBy = Date.now() + missing / 2 + lookMs;
    await aged(attached);
    await waitFor('interfaces to be seen', async () => Date.now() > seenBy || undefined, 120_000, 200);
    const netns = renamed.netns.slice('/run/netns/'.length);
    await node.exec('ip', '-n', netns, 'link', 'set', 'eth0', 'down', 'name', 'renamed');
    const since = await abandoned(attached, (one) => yard.removeInterface(one));
    await see({
      ...{ name: 'interface missing in the kernel', reason: 'interface-missing', notBefore: missing },
      ...{ within: 2 * missing + lookMs + round, since },
    });
    expect(lookout.goneAt(renamed.address)).toBeUndefined();
    const victims = await yard.attach(node, 'leaks', names('rebooted'));
    await daemon.process.crash();
    for (const one of victims) await yard.removeNetns(one);
    const boot = '/var/lib/berth/boot_id';
    node.writeFile(boot, '00000000-0000-4000-8000-000000000001\n');
    await node.exec('mount', '--bind', boot, '/proc/sys/kernel/random/boot_id');
    const started = Date.now();
    await daemon.process.start();
    await see({
      ...{ name: 'node rebooted', reason: 'node-rebooted', notBefore: 0, within: 60_000 },
      since: new Map(victims.map(({ address }) => [address, started])),
    });
    expect(lookout.goneAt(renamed.address)).toBeUndefined();
  }, 600_000);

  it('come back when their owner is deleted; an endpoint without claims goes', async () => {
    const node = cluster.node('node1');
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'owner' },
      spec: {
        ...{
          replicas: each,
          podManagementPolicy: 'Parallel',
          serviceName: 'owner',
          selector: { matchLabels: { app: 'owner' } },
        },
        template: {
          metadata: { labels: { app: 'owner' } },
          spec: {
            schedulerName: 'nobody',
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'main', image: 'none' }],
          },
        },
      },
    };
    await cluster.apply(owner);
    const path = '/api/v1/namespaces/default/pods?labelSelector=app%3Downer';
    type Listed = { readonly items: readonly { readonly metadata: Attached['pod'] }[] };
    const made = await waitFor('the Pods of the owner', async () => {
      const items = (await cluster.controlPlane.get<Listed>(path))?.items ?? [];
      return items.length === each ? items : undefined;
    });
    const attached = await side(made, ({ metadata: { name, uid } }) => yard.attachPod(node, 'leaks', { name, uid }));
    await side(attached, async (one) => yard.del(one));
    for (const { address } of attached) expect(lookout.goneAt(address)).toBeUndefined();
    const since = new Map(attached.map(({ address }) => [address, Date.now()]));
    await cluster.kubectl('delete', 'statefulset', 'owner', '--wait=false');
    await see({
      ...{ name: 'owner deleted', reason: 'owner-deleted', notBefore: scaleDownGrace },
      ...{ within: scaleDownGrace + scaleDownGrace + round, since },
    });
    const endpoints = '/apis/spiderpool.spidernet.io/v2beta1/namespaces/default/spiderendpoints';
    const body = {
      ...{ apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderEndpoint', metadata: { name: 'stray' } },
      status: {
        current: { uid: 'nobody', node: 'node1', ips: [] },
        ownerControllerType: 'Pod',
        ownerControllerName: 'stray',
      },
    };
    const { status, text: answer } = await cluster.controlPlane.request('POST', endpoints, body);
    expect(status, answer).toBe(201);
    await waitFor('the endpoint to go', async () => {
      const found = await cluster.controlPlane.get(`${endpoints}/stray`);
      return found === undefined || undefined;
    });
    expect(
      await controller?.metric('ipam_controller_reclaimed_total', { reason: 'orphaned-endpoint' }),
    ).toBeGreaterThan(0);
  }, 300_000);

  it('come back when their node says nothing any more, where an operator says so, and when it is deleted', async () => {
    const daemon = underlay.daemon('node2');
    const { node } = daemon;
    const [silent, removed, alive] = [
      await yard.attach(node, 'leaks', names('silent')),
      await yard.attach(node, 'leaks', names('removed')),
      await yard.attach(node, 'leaks', names('alive', 2)),
    ];
    const wishes = names('stuck').map((one) => ({ ...one, metadata: { finalizers: ['berth.network/test'] } }));
    const stuck = await yard.attach(node, 'leaks', wishes);
    await aged(stuck);
    await daemon.process.crash();
    await node.kubelet.crash();
    await side(silent, (one) => yard.deletePod(one));
    await side(stuck, (one) => yard.deletePod(one));
    // Nobody takes anything from a node that counts as ready.
    expect(silent.every(({ address }) => lookout.isTaken(address))).toBe(true);
    await cluster.nodeReady('node2', false);
    const since = Date.now();
    const unready = (of: readonly Attached[]) => new Map(of.map(({ address }) => [address, since]));
    await see(
      {
        ...{ name: 'Pod terminating, node not ready', reason: 'pod-terminating-node-not-ready', notBefore: 0 },
        ...{ within: terminatingDelay + lostNodes + round, since: unready(stuck) },
      },
      {
        ...{ name: 'node not ready, Pod gone', reason: 'node-not-ready', notBefore: nodeNotReady - 1_500 },
        ...{ within: nodeNotReady + lostNodes + round, since: unready(silent) },
      },
    );
    await cluster.kubectl('delete', 'node', 'node2');
    const podless = await abandoned(removed, (one) => yard.deletePod(one));
    await see({
      ...{ name: 'node deleted, Pod gone', reason: 'node-deleted', notBefore: 0, within: lostNodes + round },
      since: podless,
    });
    for (const { address } of alive) expect(lookout.goneAt(address)).toBeUndefined();
    const machine = `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`;
    process.stdout.write(`${new Date().toISOString()}, ${machine}\n${leakTable(results)}\n`);
  }, 600_000);
});
