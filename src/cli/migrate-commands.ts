import { type Command, Option } from 'commander';
import type { KindCount, Progress, Report } from '../migrate/report.ts';
import type { MigrateRequest } from '../migrate/run.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, isData, type Output, show, showData } from './output.ts';
import { outputOf, type Run } from './run.ts';

type Flags = Omit<MigrateRequest, 'dryRun' | 'undo' | 'onProgress' | 'poolFor' | 'node' | 'network'> & {
  readonly node?: string;
  readonly network?: string;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly poolFor?: readonly string[];
};

const places = `
Places:
  embedded:/var/lib/ipam         a daemon's data directory; the daemon is stopped
  etcd:https://h1:2379,…         an etcd; files of TLS as ?cacert=/ca.pem&cert=/c.pem&key=/k.pem, and &prefix=/berth/v1
  members:h1:7000,…              daemons that keep their own etcd; TLS as above, an admin's; or members:/run/ipam/ipam.sock
  kubernetes:/path/kubeconfig    a cluster's API server (kubernetes: in a Pod of it)
  host-local:/var/lib/cni/networks      (--from) what host-local has given out on this node
  whereabouts:/path/kubeconfig          (--from) IPPool objects of whereabouts
  spiderpool:/path/kubeconfig           (--from) pools of a cluster that Spiderpool serves
  calico:/path/kubeconfig               (--from) pools and blocks of a cluster that Calico's IPAM serves
  cilium:/path/kubeconfig               (--from) pools, nodes and endpoints of a cluster that Cilium's IPAM serves
  kube-ipam:https://h1:2379,…           (--from) kube-ipam's keys; TLS as with etcd; &kubeconfig=/path for fixed addresses

It may be repeated after any interruption, and goes on where it was. What to do before and after: docs/migration.md.`;

/** `migrate`: state from one engine, or from another IPAM, to an engine. */
export function addMigrateCommand(program: Command, run: Run): void {
  program
    .command('migrate')
    .description(
      'move pools, blocks and claims to another engine, or from another IPAM; containers keep their addresses',
    )
    .requiredOption('--from <place>', 'where the state is')
    .requiredOption('--to <place>', 'where it is to be')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--undo', 'take back a migration that was not finished')
    .option('--node <name>', "name of this node's daemon (default: the host name)")
    .option('--data-dir <dir>', "this node's daemon's data directory, for its record (host-local)", '/var/lib/ipam')
    .option('--network-config <path>', 'network configuration, or the folder of them (host-local)', '/etc/cni/net.d')
    .option('--cni-bin <dir>', 'where the runtime finds plugins (kube-ipam)', '/opt/cni/bin')
    .option('--network <name>', 'network of containers whose IPAM names none (whereabouts, spiderpool)')
    .addOption(
      new Option(
        '--pool-for <cidr...>',
        'make a pool of this subnet for addresses that no configuration names (host-local)',
      ),
    )
    .option('--cni-cache <dir>', "libcni's cache, which knows the Pods of containers (host-local)", '/var/lib/cni')
    .addHelpText('after', places)
    .action((flags: Flags) => migrate(run, flags));
}

async function migrate(
  run: Run,
  { dryRun = false, undo = false, poolFor = [], node, network, ...flags }: Flags,
): Promise<void> {
  const { runMigration } = await import('../migrate/run.ts');
  const output = outputOf(run);
  const onProgress = progressLines(run, output.format === 'json');
  const report = await runMigration({ ...flags, node, network, dryRun, undo, poolFor, onProgress });
  if (report.outcome === 'refused') run.setExit(exitCodes.failed);
  print(run, output, report);
}

/** Between two lines about one kind, milliseconds. */
const lineEveryMs = 1_000;

/** One line for each thing that begins, and one a second while it goes on. */
function progressLines(run: Run, json: boolean): (progress: Progress) => void {
  let last = '';
  let at = 0;
  return (progress) => {
    const { phase, kind = '', done, of } = progress;
    const what = `${phase} ${kind}`;
    if (what === last && done !== of && Date.now() - at < lineEveryMs) return;
    [last, at] = [what, Date.now()];
    const count = done === undefined ? '' : `: ${done} of ${of}`;
    run.note(json ? JSON.stringify(progress) : `${`${phase.replaceAll('-', ' ')} ${kind}`.trim()}${count}`);
  };
}

const columns: readonly Column<KindCount>[] = [
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'SOURCE', text: ({ source }) => String(source) },
  { title: 'CREATE', text: ({ create }) => String(create) },
  { title: 'UPDATE', text: (count) => String(count.update) },
  { title: 'DELETE', text: (count) => String(count.delete) },
];

/** Lines about single things that a table shows; `-o json` shows all. */
const shownLines = 20;

function print(run: Run, output: Output, report: Report): void {
  if (isData(output)) {
    showData(output, report);
    return;
  }
  show(output, columns, report.kinds, report);
  const limit = output.format === 'wide' ? Number.POSITIVE_INFINITY : shownLines;
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    const more = lines.length > limit ? `  … and ${lines.length - limit} more (-o json shows all)\n` : '';
    output.print(
      `${title}:\n${lines
        .slice(0, limit)
        .map((line) => `  ${line}\n`)
        .join('')}${more}`,
    );
  };
  if (report.records > 0) output.print(`Attachments for the record of this node's daemon: ${report.records}\n`);
  list(
    'Conflicts',
    report.conflicts.map(({ subject, reason, advice }) => `${subject}: ${reason}\n    hint: ${advice}`),
  );
  list(
    'Left out',
    report.leftOut.map(({ subject, reason }) => `${subject}: ${reason}`),
  );
  for (const warning of report.warnings) run.warn(warning);
  output.print(`${closing(report)}\n`);
}

function closing({ migration, outcome, conflicts, verified }: Report): string {
  switch (outcome) {
    case 'planned':
      return `Migration ${migration}: this is the plan; nothing was written.`;
    case 'refused':
      return `Migration ${migration}: nothing was written, because of ${conflicts.length} conflicts.`;
    case 'undone':
      return `Migration ${migration}: taken back; the source gives out again.`;
    case 'finished-before':
      return `Migration ${migration}: was finished before; nothing was written.`;
    case 'migrated':
      return `Migration ${migration}: done; ${verified} objects compared. Start every daemon with its new engine now: the source gives nothing out any more.`;
  }
}
