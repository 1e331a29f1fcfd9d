import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import type { DaemonProcess } from '../kit/daemon-process.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import { daemonFor, install } from './installed.ts';

const reason = needsControlPlane();
const files = [
  { subnet: '10.45.0.0/24', rangeStart: '10.45.0.10', rangeEnd: '10.45.0.19', gateway: '10.45.0.1' },
  { subnet: '10.45.0.0/24', rangeStart: '10.45.0.30', rangeEnd: '10.45.0.39', gateway: '10.45.0.254' },
] as const;

/** With the rights that `deploy/` gives, and none besides. */
describe('a network with ranges on two nodes of a Kubernetes cluster', () => {
  const controlPlane = new ControlPlane();
  let daemons: readonly DaemonProcess[] = [];
  let next = 0;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    const nodes = ['node-one', 'node-two'];
    await controlPlane.apply(...nodes.map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })));
    daemons = await Promise.all(nodes.map((node) => daemonFor(controlPlane, node, '')));
    await Promise.all(daemons.map((daemon) => daemon.start()));
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    await controlPlane.stop();
  });

  const daemon = (at: number): DaemonProcess => daemons[at] as DaemonProcess;
  const call = (at: number, command: string, containerId: string, name: string, ranges: readonly object[]) => {
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon(at).socket, ranges: [ranges] };
    const network = { cniVersion: '1.0.0', name, type: 'macvlan', master: 'eth0', ipam };
    return cni('ipam-plugin', network, { command, containerId, netns: '/var/run/netns/x' });
  };
  const told = ({ json, stdout }: CniResult): string => {
    const [ip] = json.ips ?? [];
    return ip === undefined ? stdout : `${ip.address} via ${ip.gateway}`;
  };
  const path = '/apis/spiderpool.spidernet.io/v2beta1/spiderippools';
  const pools = async (): Promise<{ metadata: { name: string } }[]> =>
    (await controlPlane.get<{ items: never[] }>(path))?.items ?? [];

  it('gives each node addresses of its own range with its own gateway, under any name that CNI allows', async () => {
    for (const name of ['macvlan-conf', 'Macvlan_conf.', `x${'_'.repeat(200)}`]) {
      for (const at of [0, 1, 0, 1]) {
        const own = files[at as 0 | 1];
        const got = told(await call(at, 'ADD', `${name.length}-${next++}`, name, [own]));
        expect(got, name).toMatch(new RegExp(`^10\\.45\\.0\\.${at === 0 ? 1 : 3}\\d/24 via ${own.gateway}$`));
      }
    }
    for (const at of [0, 1]) expect(await daemon(at).cli('check', '--local')).toMatchObject({ exit: 0 });
    expect(await pools()).toHaveLength(6);
  });

  it('follows a file that is written anew, and its daemon deletes what is left of the former one', async () => {
    const before = [{ subnet: '10.46.0.0/24' }];
    const after = [{ subnet: '10.46.0.0/23' }];
    const held = told(await call(0, 'ADD', 'old', 'office', before));
    expect(told(await call(0, 'ADD', 'new', 'office', after))).toMatch(/^10\.46\.[01]\.\d+\/23 via 10\.46\.0\.1$/);
    expect((await daemon(0).cli('lookup', held.split('/')[0] ?? '')).stdout).toContain('old');
    const names = async (): Promise<readonly string[]> =>
      (await pools()).map(({ metadata }) => metadata.name).filter((name) => name.startsWith('cni-office-'));
    expect(await names()).toHaveLength(2);
    expect(await call(0, 'DEL', 'old', 'office', before)).toMatchObject({ exit: 0 });
    await waitFor(
      'the pool of the former file to go',
      async () => ((await names()).length === 1 ? true : undefined),
      120_000,
    );
    expect(await names()).toEqual([expect.stringContaining('-10.46.0.0-23-')]);
  });
});
