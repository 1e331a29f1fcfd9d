import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsNodes } from './binaries.ts';
import { ControllerProcess } from './controller-process.ts';
import { type Pod, podManifest } from './pod.ts';
import { servedKind } from './served-kind.ts';
import { pool, Underlay } from './underlay.ts';

const reason = needsNodes();

/** Kinds of others, each of them played by its objects. */
const kinds = [
  { apiVersion: 'berths.example.org/v1', kind: 'Fleet', plural: 'fleets' },
  { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', plural: 'statefulsets' },
  { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', plural: 'virtualmachines' },
  { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', plural: 'virtualmachineinstances' },
  { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstanceMigration', plural: 'virtualmachineinstancemigrations' },
].map(servedKind);

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Pods whose addresses stay with others than StatefulSets, on real nodes. KubeVirt is played by its objects. */
describe('identities in a cluster', () => {
  const underlay = new Underlay({ ipam: () => ({ type: 'ipam-plugin', daemonSocket: '/run/ipam/ipam.sock' }) });
  const { cluster } = underlay;
  let controller: ControllerProcess | undefined;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await underlay.start();
    const [subnet] = underlay.subnets;
    await cluster.apply(pool('office', { subnet, ips: [underlay.range(64, 95)], default: true }), ...kinds);
    for (const { metadata } of kinds)
      await cluster.kubectl('wait', '--for=condition=Established', `crd/${metadata.name}`, '--timeout=180s');
    const kubeconfig = await cluster.controlPlane.kubeconfigFor('berth-system/ipam-controller');
    const node = cluster.node('node1');
    node.writeFile('/var/lib/berth/controller.yaml', 'resync: { scaleDownGrace: 6s }\n');
    controller = new ControllerProcess({ kubeconfig, args: ['--config', node.path('/var/lib/berth/controller.yaml')] });
    await controller.start();
  }, 300_000);
  afterAll(async () => {
    await controller?.remove();
    await underlay.stop();
  });

  async function own(apiVersion: string, kind: string, name: string, spec: object = {}, by?: Owner): Promise<Owner> {
    const metadata = { name, namespace: 'default', ...ownedBy(by) };
    await cluster.apply({ apiVersion, kind, metadata, spec });
    const [group] = apiVersion.split('/');
    const uid = await cluster.kubectl(
      'get',
      `${kind}.${apiVersion.split('/')[1]}.${group}`,
      name,
      '-o',
      'jsonpath={.metadata.uid}',
    );
    return { apiVersion, kind, name, uid };
  }

  function ownedBy(owner: Owner | undefined): object {
    return owner === undefined ? {} : { ownerReferences: [{ ...owner, controller: true }] };
  }

  async function start(
    name: string,
    node: string,
    owner?: Owner,
    more: {
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Pod> {
    const labels = { app: name, ...more.labels };
    const made = podManifest({ ...more, name, node, labels }) as { metadata: object };
    await cluster.apply({ ...made, metadata: { ...made.metadata, ...ownedBy(owner) } });
    const [pod] = await underlay.podsReady(`app=${name}`, 1);
    if (pod === undefined) throw new Error(`no Pod ${name}`);
    return pod;
  }

  const end = (name: string): Promise<string> => cluster.kubectl('delete', 'pod', name, '--timeout=180s');

  const claims = async (): Promise<readonly string[]> =>
    (await underlay.claims())
      .map(({ spec }) => `${spec.address} ${spec.parkedAt === undefined ? spec.podName : 'parked'}`)
      .sort();

  const until = (expected: readonly string[]): Promise<true> =>
    waitFor(`claims to be ${expected.join(', ')}`, async () => {
      const now = await claims();
      return JSON.stringify(now) === JSON.stringify([...expected].sort()) ? true : undefined;
    });

  const sound = async (): Promise<void> => {
    for (const daemon of underlay.daemons)
      expect(await daemon.cli('check', '--local')).toContain('all invariants hold');
  };

  it('a Pod of a controller of the test’s own has its address again on the other node', async () => {
    const fleet = await own('berths.example.org/v1', 'Fleet', 'tug');
    const address = (await start('tug-0', 'node1', fleet)).status.podIP;
    await end('tug-0');
    await until([`${address} parked`]);
    await start('other', 'node1');
    expect((await start('tug-0', 'node2', fleet)).status.podIP).toBe(address);
    await sound();
    await end('other');
    await end('tug-0');
    expect(await underlay.daemon('node2').cli('unkeep', 'pod/default/tug-0')).toContain(`free again: ${address}`);
    await until([]);
  }, 300_000);

  it('a Pod of OpenKruise’s StatefulSet has it until that has no such ordinal any more', async () => {
    const set = await own('apps.kruise.io/v1beta1', 'StatefulSet', 'web', { replicas: 2, reserveOrdinals: [1] });
    const first = (await start('web-0', 'node1', set)).status.podIP;
    const third = (await start('web-2', 'node2', set)).status.podIP;
    await end('web-0');
    await end('web-2');
    await until([`${first} parked`, `${third} parked`]);
    await own('apps.kruise.io/v1beta1', 'StatefulSet', 'web', { replicas: 1 });
    await until([`${first} parked`]);
    await cluster.kubectl('delete', 'statefulset.v1beta1.apps.kruise.io', 'web');
    await until([]);
  }, 300_000);

  it('a bare Pod that asks has it for the time that it says', async () => {
    const annotations = { 'berth.network/keep-address': '20s' };
    const address = (await start('lone', 'node1', undefined, { annotations })).status.podIP;
    await end('lone');
    expect((await start('lone', 'node2', undefined, { annotations })).status.podIP).toBe(address);
    await end('lone');
    await until([`${address} parked`]);
    await until([]);
  }, 300_000);

  it('a virtual machine has it over a stop, and both its Pods while it moves, whichever way that ends', async () => {
    const machine = await own('kubevirt.io/v1', 'VirtualMachine', 'vm', { runStrategy: 'Always' });
    const instance = () => own('kubevirt.io/v1', 'VirtualMachineInstance', 'vm', {}, machine);
    const labels = { 'kubevirt.io': 'virt-launcher', 'kubevirt.io/domain': 'vm' };
    const address = (await start('virt-launcher-vm-aaaaa', 'node1', await instance(), { labels })).status.podIP ?? '';
    // Stopped and started.
    await end('virt-launcher-vm-aaaaa');
    await cluster.kubectl('delete', 'virtualmachineinstance', 'vm');
    await until([`${address} parked`]);
    const running = await instance();
    expect((await start('virt-launcher-vm-bbbbb', 'node1', running, { labels })).status.podIP).toBe(address);
    // A migration that fails.
    const migration = await own('kubevirt.io/v1', 'VirtualMachineInstanceMigration', 'move', { vmiName: 'vm' });
    const target = { labels: { ...labels, 'kubevirt.io/migrationJobUID': migration.uid } };
    expect((await start('virt-launcher-vm-ccccc', 'node2', running, target)).status.podIP).toBe(address);
    await until([`${address} virt-launcher-vm-ccccc`]);
    await sound();
    await end('virt-launcher-vm-ccccc');
    await until([`${address} virt-launcher-vm-bbbbb`]);
    await sound();
    // One that succeeds: the source goes late.
    expect((await start('virt-launcher-vm-ddddd', 'node2', running, target)).status.podIP).toBe(address);
    await end('virt-launcher-vm-bbbbb');
    await until([`${address} virt-launcher-vm-ddddd`]);
    await sound();
    await end('virt-launcher-vm-ddddd');
    await cluster.kubectl('delete', 'virtualmachine', 'vm');
    await until([]);
  }, 400_000);
});
