import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, withClient } from './run.ts';

/** `check` and `version`: is it well, and what is it? */
export function addCheckCommands(program: Command, run: Run, version: string): void {
  withLocal(program.command('check'))
    .description('verify the invariants on the live state, and name what is left behind; each with its repair')
    .action(
      withClient(run, async ({ client, output }, { local = false }: Local) => {
        const answer = await client.call('Check', { local });
        tellMissing(run, answer.unanswered);
        const { nodes, violations, awaited, leftovers, allocations_checked, blocks_checked } = answer;
        if (violations.length > 0) run.setExit(exitCodes.violations);
        if (isData(output)) return showData(output, answer);
        // Where one daemon has checked itself, it is clear whose words these are.
        const on = (node: string): string => (nodes.length > 1 ? ` on node "${node}"` : '');
        const whose = nodes.length > 1 ? `${nodes.length} daemons: ` : '';
        for (const { invariant, subject, message, repair, node_id } of violations) {
          output.print(
            `violation of invariant ${invariant}: ${subject}: ${message}\n  repair${on(node_id)}: ${repair}\n`,
          );
        }
        for (const { subject, message, until } of awaited) {
          output.print(
            `waiting: ${subject}: ${message}\n  comes back: ${until === '' ? 'not before' : `by ${until}`}\n`,
          );
        }
        for (const { subject, message, repair, node_id } of leftovers) {
          output.print(`left behind: ${subject}: ${message}\n  repair${on(node_id)}: ${repair}\n`);
        }
        output.print(
          `${whose}${allocations_checked} allocations and ${blocks_checked} blocks checked: ${violations.length === 0 ? 'all invariants hold' : `${violations.length} violations`}\n`,
        );
      }),
    );
  program
    .command('version')
    .description('show the versions of ipam-cli and of the daemon')
    .action(
      withClient(run, async ({ client, output }) => {
        const daemon = await client.call('GetVersion', {}).then(
          (answer) => ({ version: answer.version, node: answer.node_id }),
          (error: unknown) => {
            if (!(error instanceof CliError)) throw error;
            run.setExit(error.exit);
            return { error: error.message };
          },
        );
        if (isData(output)) return showData(output, { client: { version }, daemon });
        output.print(
          `ipam-cli     ${version}\nipam-daemon  ${'error' in daemon ? daemon.error : `${daemon.version} (node ${daemon.node})`}\n`,
        );
      }),
    );
}
