import type { Command } from 'commander';
import type { Member__Output } from '../api/generated/ipam/Member.ts';
import { type Column, isData, show, showData } from './output.ts';
import { type Run, type Session, withClient } from './run.ts';

const megabyte = 1024 * 1024;

export const memberColumns: readonly Column<Member__Output>[] = [
  { title: 'NAME', text: ({ name }) => name || '-', name: ({ name, id }) => name || id },
  { title: 'ADDRESS', text: ({ address }) => address },
  { title: 'ROLE', text: ({ is_leader, is_learner }) => (is_leader ? 'leader' : is_learner ? 'learner' : 'voter') },
  { title: 'STATE', text: stateOf },
  { title: 'TERM', text: ({ report }) => report?.term ?? '-', wide: true },
  { title: 'APPLIED', text: ({ report }) => report?.applied_index ?? '-' },
  { title: 'LAG', text: lagOf },
  { title: 'DB', text: ({ report }) => (report ? `${(Number(report.db_size) / megabyte).toFixed(1)}MiB` : '-') },
  { title: 'ETCD', text: ({ report }) => report?.etcd_version || '-' },
  { title: 'VERSION', text: ({ report }) => report?.daemon_version || '-', wide: true },
  { title: 'ID', text: ({ id }) => id, wide: true },
  { title: 'PROBLEM', text: ({ problem, report }) => problem || report?.problem || report?.alarms.join(', ') || '-' },
];

function stateOf({ report, name }: Member__Output): string {
  if (report) return report.state === 'voter' || report.state === 'learner' ? 'running' : report.state;
  return name === '' ? 'expected' : 'away';
}

function lagOf({ report }: Member__Output): string {
  return report ? String(Math.max(0, Number(report.commit_index) - Number(report.applied_index))) : '-';
}

/** `members list|add|remove|promote|lead|defragment`: who belongs to the cluster. */
export function addMemberCommands(program: Command, run: Run): void {
  const members = program.command('members').description('show and change who belongs to the cluster');
  members.command('list').description('show each member and how it is').action(withClient(run, list));
  members
    .command('add <name> <host:port>')
    .description('expect a member that will join from this address; a daemon with --join needs no such leave')
    .action(
      withClient(run, async ({ client, output }, name: string, address: string) => {
        const member = await client.cluster('AddMember', { name, address });
        report(output, member, `expecting "${name}" at ${member.address}: start its daemon with --join\n`);
      }),
    );
  members
    .command('remove <member>')
    .description('take a member, by name or id, out of the cluster; refused when too few of the others run')
    .action(
      withClient(run, async ({ client, output }, member: string) => {
        const removed = await client.cluster('RemoveMember', { member });
        report(output, removed, `member "${removed.name || removed.id}" removed\n`);
      }),
    );
  members
    .command('promote <member>')
    .description('give a learner its vote; the cluster does so itself when it has caught up')
    .action(
      withClient(run, async ({ client, output }, member: string) => {
        const promoted = await client.cluster('PromoteMember', { member });
        report(output, promoted, `member "${promoted.name}" votes\n`);
      }),
    );
  members
    .command('lead [member]')
    .description('hand leadership to a member (default: the one that is furthest on)')
    .action(
      withClient(run, async ({ client, output }, member?: string) => {
        const leader = await client.cluster('MoveLeader', { member: member ?? '' });
        report(output, leader, `member "${leader.name}" leads\n`);
      }),
    );
  members
    .command('defragment')
    .description('give unused space of the database of the member that is asked back to its disk')
    .action(
      withClient(run, async ({ client, output }) => {
        const sizes = await client.cluster('Defragment', {});
        const [before, after] = [sizes.before, sizes.after].map((bytes) => (Number(bytes) / megabyte).toFixed(1));
        if (isData(output)) showData(output, sizes);
        else output.print(`database: ${before} MiB before, ${after} MiB now\n`);
      }),
    );
}

async function list({ client, output }: Session): Promise<void> {
  const answer = await client.cluster('ListMembers', {});
  if (isData(output)) return showData(output, answer);
  output.print(
    `cluster "${answer.cluster_name}" ${answer.cluster_id}${answer.has_quorum ? '' : ': NO MAJORITY RUNS, as seen from here'}\n`,
  );
  show(output, memberColumns, answer.members, answer.members);
}

function report(output: Session['output'], member: Member__Output, text: string): void {
  if (isData(output)) showData(output, member);
  else output.print(text);
}
