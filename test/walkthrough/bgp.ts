import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, root } from '../kit/paths.ts';
import { must } from '../kit/run.ts';
import { Host } from './host.ts';
import { type Audience, walk } from './walk.ts';

/** The machines of the example that a cable is laid to, and the leaf's address on the other end of each. */
const nodes = [
  { name: 'node-1', address: '192.168.1.10/24', leaf: '192.168.1.1/24' },
  { name: 'node-3', address: '192.168.2.12/24', leaf: '192.168.2.1/24' },
] as const;

/** A node in each of two racks and the leaf between them: from the file of a data centre to a ping between Pods. */
export async function walkBgp(audience: Audience): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-walkthrough-'));
  const hosts: Host[] = [];
  const host = async (name: string): Promise<Host> => {
    const opened = new Host({ name, folder, directory: root, isInstalled: true });
    hosts.push(opened);
    return opened.open();
  };
  try {
    const leaf = await host('leaf-1');
    for (const [index, { name, address, leaf: other }] of nodes.entries()) {
      const node = await host(name);
      const end = ['netns', String(leaf.pid), 'type', 'veth', 'peer', 'eth0', 'netns', String(node.pid)];
      await must('ip', ['link', 'add', `rack${index}`, ...end]);
      await leaf.must(`ip addr add ${other} dev rack${index}; ip link set rack${index} up`);
      await node.must(`ip addr add ${address} dev eth0; ip link set eth0 up; cp -a ${bin}/ipam-plugin /opt/cni/bin/`);
    }
    const places = (name: string): readonly Host[] =>
      hosts.filter((one) => (name === 'every node' ? one !== leaf : one.name === name));
    await walk('bgp', ['docs/bgp.md'], { home: leaf, places }, audience);
  } finally {
    // BIRD goes into the background, where no end of its machine reaches it.
    for (const one of hosts) await one.run('birdc down');
    await Promise.all(hosts.map((one) => one.close()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
