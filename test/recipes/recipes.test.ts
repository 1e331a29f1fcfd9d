import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { daemonConfig, readDaemonSettings } from '../../src/config/daemon-config.ts';
import { root } from '../kit/paths.ts';
import { type Block, blocksOf, commandsOf, pages } from '../walkthrough/blocks.ts';

/** Why a block is not run here; the first that fits. Every other block of a shell is marked for a walk-through. */
const reasons: readonly (readonly [fits: (block: Block) => boolean, reason: string])[] = [
  [({ page }) => page === 'README.zh-CN.md', 'the same commands as in README.md, compared below'],
  [
    ({ text }) => /^make (demo|test|walkthrough)/.test(text),
    'targets with tests of their own; make test runs this one',
  ],
  [({ page }) => page === 'docs/packages.md', 'a package: test/install/deb.test.ts'],
  [({ text }) => /kubectl|ctr /.test(text), 'needs a Kubernetes: test/cluster runs the manifests'],
  [({ text }) => /^helm /m.test(text), 'needs a Kubernetes: test/helm renders the chart'],
  [({ text }) => /KUBEBUILDER|make cluster|BERTH_/.test(text), 'makes a Kubernetes, or is a switch of the tests'],
  [
    ({ page, text }) => page === 'docs/cluster.md' && text.includes('--bootstrap'),
    "README.md's cluster, compared below",
  ],
  [({ page }) => page === 'docs/security.md', 'certificates: test/security and the walk-through of a cluster'],
  [({ page }) => page === 'docs/etcd.md', 'an etcd of somebody else: test/store-etcd/daemon.test.ts'],
  [({ page }) => page === 'docs/migration.md', 'a migration: test/migrate'],
  [({ page }) => page === 'docs/recovery.md', 'a copy and back: test/install/backup.test.ts'],
  [({ text }) => /# \/etc\/cron\.d\//.test(text), 'a line for cron, and no command'],
  [({ page }) => page === 'docs/identities.md', 'identities that callers name: test/store-etcd/identities.test.ts'],
  [({ page }) => page === 'docs/grpc.md', 'grpcurl is in no package of Debian'],
  [({ language }) => language === '', 'no commands, or none that are marked as such'],
  [({ page }) => page === 'docs/cli.md', 'files of shells: test/api/completion.test.ts asks bash, zsh and fish'],
  [({ text }) => /systemctl/.test(text), 'needs systemd: test/install/operation.test.ts verifies the unit'],
  [
    ({ text }) => /make (bench|scale|sim|soak|ha|fuzz|mutation|attack|test|image|cut-off|keep)/.test(text),
    'long runs, of make',
  ],
];

describe('the blocks of README.md and docs', () => {
  it('run here, or it is said why not', () => {
    const shell = pages.flatMap(blocksOf).filter(({ language }) => ['sh', 'bash', ''].includes(language));
    const lines = shell.map((block) => {
      const walk = block.page === 'README.zh-CN.md' ? undefined : block.mark?.split(';')[0];
      const reason =
        walk !== undefined ? `run in the walk-through ${walk}` : reasons.find(([fits]) => fits(block))?.[1];
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

  it('begin a cluster in docs/cluster.md as in README.md', () => {
    const readme = blocksOf('README.md').flatMap(commandsOf);
    const [block] = blocksOf('docs/cluster.md').filter(({ text }) => text.includes('--bootstrap'));
    expect(block === undefined ? [] : commandsOf(block).filter((line) => !readme.includes(line))).toEqual([]);
    expect(block?.text).toContain('--join');
  });
});

describe('the YAML of docs/conflicts.md', () => {
  const [settings, kustomization] = blocksOf('docs/conflicts.md').filter(({ language }) => language === 'yaml');

  it('is what a daemon takes', () => {
    const values = readDaemonSettings(settings?.text ?? '', 'config.yaml', {})();
    expect(daemonConfig(values, 'host').conflicts).toEqual({
      conflict: 'refuse',
      gateway: 'warn',
      waitMs: 1_000,
      quarantineMs: 3_600_000,
    });
  });

  it('patches what the DaemonSet has: the capabilities of the daemon, and how it sees network namespaces', () => {
    const { patches } = parse(kustomization?.text ?? '') as {
      patches: { target: { kind: string; name: string }; patch: string }[];
    };
    const deployed = parseAllDocuments(readFileSync(join(root, 'deploy/daemon.yaml'), 'utf8')).map((one) => one.toJS());
    const patched = patches.flatMap(({ target, patch }) => {
      const object = deployed.find(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
      const operations = parse(patch) as { op: string; path: string; value: unknown }[];
      return operations.map(({ op, path, value }) => {
        const steps = path.split('/').slice(1);
        const last = steps.pop() ?? '';
        const [container] = object.spec.template.spec.containers;
        const parent = steps.reduce((within, step) => within?.[step], object);
        return { op, last, value, container: container.name, parent };
      });
    });
    const container = 'ipam-daemon';
    const [op, value] = ['add', 'HostToContainer'];
    expect(patched).toEqual([
      { op, container, last: 'add', value: ['SYS_ADMIN', 'NET_ADMIN', 'NET_RAW'], parent: { drop: ['ALL'] } },
      { op, container, last: 'mountPropagation', value, parent: expect.objectContaining({ name: 'netns' }) },
    ]);
  });
});
