import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Namespace } from '../kit/namespace.ts';
import { must } from '../kit/run.ts';
import { Host } from './host.ts';
import { type Audience, walk } from './walk.ts';

/** By their place on the network, from 10.0.0.1. */
const names = ['ipam-1', 'ipam-2', 'ipam-3', 'node-4', 'node-17'];

/** Three members with certificates and two agents, a machine each on one network; one member is lost and comes back. */
export async function walkCluster(audience: Audience): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-walkthrough-'));
  const link = await new Namespace('walk').create();
  const hosts: Host[] = [];
  try {
    await link.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    await link.exec('ip', 'link', 'set', 'br0', 'up');
    const known = names.map((name, index) => `10.0.0.${index + 1} ${name}\\n`).join('');
    for (const [index, name] of names.entries()) {
      const host = new Host({ name, folder, directory: folder, isInstalled: true });
      hosts.push(host);
      await host.open();
      await plug(link, host, index);
      const own = `ip addr add 10.0.0.${index + 1}/24 dev eth0; ip link set eth0 up`;
      await host.must(`${own}; printf '127.0.0.1 localhost\\n${known}' >/etc/hosts`);
    }
    const [home] = hosts;
    if (home === undefined) throw new Error('there is no machine');
    const pages = ['README.md', 'docs/agents.md', 'docs/cluster.md'];
    await walk('cluster', pages, { home, places: (name) => hosts.filter((host) => host.name === name) }, audience);
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
    await link.delete();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function plug(link: Namespace, host: Host, index: number): Promise<void> {
  const end = ['netns', link.name, 'type', 'veth', 'peer', 'eth0', 'netns', String(host.pid)];
  await must('ip', ['link', 'add', `port${index}`, ...end]);
  await link.exec('ip', 'link', 'set', `port${index}`, 'master', 'br0', 'up');
}
