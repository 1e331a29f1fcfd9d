import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { add } from '../agents/agent-cluster.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { expectPartial, expectQuarantine, expectWhole, type Truth, untilHeard } from '../kit/one-truth.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import type { ControllerProcess } from './controller-process.ts';
import { install } from './installed.ts';
import { startPublisher } from './publisher.ts';

const reason = needsControlPlane();
const namespace = 'berth-system';
const account = `${namespace}/ipam-daemon`;

const title = 'daemons in Kubernetes, with certificates that the controller gives them, claims: %s';
describe.each(['all', 'own'] as const)(title, (known) => {
  const controlPlane = new ControlPlane();
  const daemons = new Map<string, DaemonProcess>();
  const inBlocks = new Map<string, string>();
  const shared = new Map<string, string>();
  const truth: Truth = { inBlocks, shared };
  const names = ['node1', 'node2', 'node3'];
  let controller: ControllerProcess | undefined;
  const daemonOf = (name: string): DaemonProcess => daemons.get(name) as DaemonProcess;
  const asked = (name: string) => ({ name, cli: (...args: string[]) => daemonOf(name).cli(...args) });

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    controller = await startPublisher(controlPlane);
    const port = await freePort();
    for (const [index, node] of names.entries()) {
      const address = `127.0.0.${index + 2}`;
      await addNode(node, address);
      const bound = await controlPlane.kubeconfigFor(account, await addPod(node));
      const args = [
        ...['--store-engine', 'kubernetes', '--kubeconfig', bound],
        ...['--grpc-addr', `${address}:${port}`, '--tls-issuer', 'kubernetes'],
      ];
      const config = `allocation:\n  claims: ${known}\n`;
      const daemon = new DaemonProcess({ node, clusterCidr: index === 0 ? '10.40.0.0/16' : '', args, config });
      daemons.set(node, daemon);
      await daemon.start();
    }
    await controlPlane.apply({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderIPPool',
      metadata: { name: 'office' },
      spec: { subnet: '10.30.0.0/24', cooldown: 0 },
    });
    for (const name of names) {
      await waitFor('the pools', async () =>
        (await daemonOf(name).cli('pools', '--local')).stdout.match(/cluster-ipv4.*office/s) ? true : undefined,
      );
      inBlocks.set(name, await add(daemonOf(name), `on-${name}`));
      shared.set(name, await add(daemonOf(name), `shared-${name}`, 'office'));
    }
    for (const name of names) await untilHeard(asked(name));
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.remove();
    await controller?.remove();
    await controlPlane.stop();
  });

  async function addNode(name: string, address: string): Promise<void> {
    await controlPlane.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const path = `/api/v1/nodes/${name}/status`;
    const status = { addresses: [{ type: 'InternalIP', address }] };
    await controlPlane.request('PATCH', path, { status }, 'application/merge-patch+json');
  }

  /** As the DaemonSet has it. */
  async function addPod(node: string): Promise<{ readonly name: string; readonly uid: string }> {
    const name = `ipam-daemon-${node}`;
    const { text } = await controlPlane.request('POST', `/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { nodeName: node, serviceAccountName: 'ipam-daemon', containers: [{ name: 'main', image: 'none' }] },
    });
    return { name, uid: (JSON.parse(text) as { metadata: { uid: string } }).metadata.uid };
  }

  it('answer alike, whichever is asked', async () => {
    for (const name of names) await expectWhole(asked(name), truth);
    await expectQuarantine(asked('node1'), inBlocks.get('node3') ?? '', 'node3', 0);
  });

  it('name one that is away, and call what it alone knows unknown', async () => {
    await daemonOf('node2').crash();
    for (const name of ['node1', 'node3']) await expectPartial(asked(name), 'node2', truth);
    await expectQuarantine(asked('node1'), inBlocks.get('node2') ?? '', 'node2', 6);
    await daemonOf('node2').start();
    for (const name of names) await untilHeard(asked(name));
  });

  it('get none for a token that is of no Pod, and are believed by nobody without', async () => {
    const args = ['--store-engine', 'kubernetes', '--kubeconfig', await controlPlane.kubeconfigFor(account)];
    await addNode('node4', '127.0.0.5');
    const own = ['--grpc-addr', `127.0.0.5:${await freePort()}`, '--tls-issuer', 'kubernetes'];
    const stranger = new DaemonProcess({ node: 'node4', clusterCidr: '', args: [...args, ...own] });
    daemons.set('node4', stranger);
    await stranger.start();
    await waitFor('the request to be denied', async () => stranger.log.includes('the token is of no Pod') || undefined);
    expect(await stranger.cli('check')).toMatchObject({ exit: 6 });
    expect(await stranger.cli('check', '--local')).toMatchObject({ exit: 0 });
  });
});
