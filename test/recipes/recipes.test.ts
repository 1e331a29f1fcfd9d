import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Namespace } from '../kit/namespace.ts';
import { needsRoot } from '../kit/privilege.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { type Block, blocksOf, commandsOf, pages } from './blocks.ts';
import { Host } from './host.ts';

const readme = blocksOf('README.md');
const blockWith = (text: string): Block => {
  const found = readme.find((block) => block.text.includes(text));
  if (found === undefined) throw new Error(`README.md has no block with ${text}`);
  return found;
};
const alone = blockWith('--node-id=node1');
const cluster = blockWith('--bootstrap');
const network = blockWith('"type": "ipam-cni"');
const commands = blockWith('ipam-cli stats');
const ran = new Set([alone, cluster, network, commands]);

/** Why a block is not run here; the first that fits. Every block of a shell is in one of the two lists. */
const reasons: readonly (readonly [fits: (block: Block) => boolean, reason: string])[] = [
  [({ page }) => page === 'README.zh-CN.md', 'the same commands as in README.md, compared below'],
  [({ text }) => /^make (demo|test)/.test(text), 'targets with tests of their own; make test runs this one'],
  [({ text }) => /kubectl|ctr /.test(text), 'needs a Kubernetes: test/cluster runs the manifests'],
  [({ text }) => /KUBEBUILDER|make cluster|BERTH_/.test(text), 'makes a Kubernetes, or is a switch of the tests'],
  [({ page, text }) => page === 'docs/cluster.md' && text.includes('--bootstrap'), "README.md's cluster, run below"],
  [({ page }) => page === 'docs/security.md', 'certificates: test/security and the cluster below'],
  [({ page }) => page === 'docs/agents.md', 'an agent: the cluster below has one'],
  [({ page }) => page === 'docs/etcd.md', 'an etcd of somebody else: test/store-etcd/daemon.test.ts'],
  [({ page }) => page === 'docs/migration.md', 'a migration: test/migrate'],
  [({ page }) => page === 'docs/recovery.md', 'a copy and back: test/install/backup.test.ts'],
  [({ page }) => page === 'docs/grpc.md', 'grpcurl is in no package of Debian'],
  [({ language }) => language === '', 'no commands, or none that are marked as such'],
  [({ page }) => page === 'docs/cli.md', 'files of shells: test/api/completion.test.ts asks bash, zsh and fish'],
  [({ text }) => /systemctl/.test(text), 'needs systemd: test/install/operation.test.ts verifies the unit'],
  [
    ({ text }) => /make (bench|scale|sim|soak|ha|fuzz|mutation|attack|test|image|cut-off)/.test(text),
    'long runs, of make',
  ],
];

describe('the blocks of README.md and docs', () => {
  it('run here, or it is said why not', () => {
    const shell = pages.flatMap(blocksOf).filter(({ language }) => ['sh', 'bash', ''].includes(language));
    const isRun = ({ page, line }: Block): boolean => [...ran].some((one) => one.page === page && one.line === line);
    const lines = shell.map((block) => {
      const reason = isRun(block) ? 'run' : reasons.find(([fits]) => fits(block))?.[1];
      return `${block.page}:${block.line}: ${reason ?? 'NOT RUN, AND NOBODY SAYS WHY'}`;
    });
    process.stdout.write(`${lines.join('\n')}\n`);
    expect(lines.filter((line) => line.includes('NOBODY SAYS WHY'))).toEqual([]);
  });

  it('are the same in both languages of the README', () => {
    const meant = (page: string) =>
      blocksOf(page).map((block) => (block.language === 'sh' ? commandsOf(block) : block.text));
    expect(meant('README.zh-CN.md')).toEqual(meant('README.md'));
  });
});

describe.skipIf(needsRoot !== '')(`what README.md says to do${needsRoot && ` (skipped: ${needsRoot})`}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-recipes-'));
  const hosts: Host[] = [];
  const machine = async (name: string): Promise<Host> => {
    const host = await new Host(name, join(directory, `${name}.log`)).open();
    hosts.push(host);
    return host;
  };
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    rmSync(directory, { recursive: true, force: true });
  });

  describe('on one machine', () => {
    let host: Host;
    beforeAll(async () => {
      host = await machine('node1');
      const [line = ''] = commandsOf(alone).filter((one) => one.startsWith('ipam-daemon'));
      host.start(line);
      await host.ready();
    });

    it('gives Pods addresses of both families, and a default route for each', async () => {
      // Also the link that README.md asks for.
      await host.must('ln -s /usr/lib/cni/ptp /opt/cni/bin/');
      await host.must(`cat >/etc/cni/net.d/10-ipam.conf <<'END'\n${network.text}END`);
      for (const pod of ['a', 'b', 'c', 'd']) {
        await host.must(`ip netns add ${pod}; ip -n ${pod} link set lo up`);
        const call = {
          CNI_COMMAND: 'ADD',
          CNI_CONTAINERID: pod,
          CNI_NETNS: `/var/run/netns/${pod}`,
          CNI_IFNAME: 'eth0',
          CNI_PATH: '/opt/cni/bin',
        };
        await host.must('/opt/cni/bin/ipam-cni </etc/cni/net.d/10-ipam.conf', call);
      }
      expect(await host.must('ip -n a -4 addr show eth0')).toMatch(/inet 10\.244\.0\.\d+\//);
      expect(await host.must('ip -n a -6 addr show eth0 scope global')).toMatch(/inet6 fd00:10:244:/);
      expect(await host.must('ip -n a -4 route show default')).toMatch(/default via 10\.244\.0\.1/);
      expect(await host.must('ip -n a -6 route show default')).toMatch(/default via fd00:10:244:/);
    });

    it.each(commandsOf(commands))('%s', async (line) => {
      expect(await host.run(line)).toMatchObject({ exit: 0, stderr: '' });
    });
  });

  it('begins a cluster of three and an agent, with certificates for their addresses', async () => {
    const link = await new Namespace('recipes').create();
    try {
      await link.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
      await link.exec('ip', 'link', 'set', 'br0', 'up');
      const names = ['ipam-1', 'ipam-2', 'ipam-3', 'node-4'];
      const known = names.map((name, index) => `10.0.0.${index + 1} ${name}`).join('\n');
      const machines: Host[] = [];
      for (const [index, name] of names.entries()) {
        const host = await machine(name);
        machines.push(host);
        await must('ip', [
          'link',
          'add',
          `port${index}`,
          'netns',
          link.name,
          'type',
          'veth',
          'peer',
          'eth0',
          'netns',
          String(host.pid),
        ]);
        await link.exec('ip', 'link', 'set', `port${index}`, 'master', 'br0', 'up');
        await host.must(
          `ip addr add 10.0.0.${index + 1}/24 dev eth0; ip link set eth0 up; printf '127.0.0.1 localhost\\n${known.replaceAll('\n', '\\n')}\\n' >/etc/hosts`,
        );
      }
      const [first] = machines;
      const lines = commandsOf(cluster);
      const certs = lines.filter((line) => line.startsWith('ipam-cli certs'));
      const of = (name: string, number: number) =>
        certs.map((line) => line.replace('ipam-1', name).replace('10.0.0.1', `10.0.0.${number}`));
      // As the block says: for each, with its address.
      const all = [...certs, ...of('ipam-2', 2), ...of('ipam-3', 3)].filter(
        (line, at, list) => list.indexOf(line) === at,
      );
      for (const line of all) await first?.must(`cd ${directory}; ${line}`);
      for (const host of machines) {
        await host.must(`mkdir -p /var/lib/ipam/pki; cp ${directory}/pki/${host.name}/* /var/lib/ipam/pki/`);
        const line = lines.find((one) => one.includes(`--node-id=${host.name} `)) ?? '';
        host.start(line);
      }
      for (const host of machines) await host.ready();
      await waitFor('three members that vote', async () => {
        const { exit, stdout } = (await first?.run('ipam-cli members list')) ?? { exit: 1, stdout: '' };
        const running = stdout.split('\n').filter((line) => /(leader|voter) +running/.test(line));
        return (exit === 0 && running.length === 3) || undefined;
      });
      const agent = machines[3];
      const block = await waitFor('the agent to lease a block', async () => {
        const { exit, stdout } = (await agent?.run('ipam-cli allocate node-4')) ?? { exit: 1, stdout: '' };
        return exit === 0 ? stdout : undefined;
      });
      expect(block).toMatch(/10\.244\.\d+\.0\/24 +node-4/);
    } finally {
      await link.delete();
    }
  });
});
