import type { Command } from 'commander';
import type { CheckResponse__Output } from '../api/generated/ipam/CheckResponse.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type RepairOptions, repair } from './repair.ts';
import { type Run, withClient } from './run.ts';

const checkHelp = `
Exit status, as a monitor needs it: 0 all invariants hold, 3 some do not, 6 those that could be checked hold, and some daemons did not
answer, 5 the daemon cannot be reached, 1 it failed. With -o json the field "status" says the same: ok, violations, partial.

With --repair the daemon that is asked says what it can do about what it has found on its node, how that is taken back, and what it
refuses: what cannot be taken back is done by hand. Nothing is done before you say yes; where there is no terminal, without --yes.
Exit status of --repair: 0 nothing is left that it could do or that breaks an invariant, 3 something is.`;

interface CheckOptions extends Local, RepairOptions {
  readonly repair?: boolean;
}

function statusOf({ violations, unanswered }: CheckResponse__Output): 'ok' | 'violations' | 'partial' {
  if (violations.length > 0) return 'violations';
  return unanswered.length > 0 ? 'partial' : 'ok';
}

/** `check` and `version`: is it well, and what is it? */
export function addCheckCommands(program: Command, run: Run, version: string): void {
  withLocal(program.command('check'))
    .description('verify the invariants on the live state, and name what is left behind; each with its repair')
    .option('--repair', 'say what the daemon that is asked can do about what it finds, and do it when told to')
    .option('--yes', 'do it without a question')
    .option('--reason <text>', 'why, for the log, the audit log and an Event on a Pod', 'ipam-cli check --repair')
    .addHelpText('after', checkHelp)
    .action(
      withClient(run, async (session, options: CheckOptions) => {
        if (options.repair === true) return repair(run, session, options);
        if (options.yes === true) throw new CliError('--yes is for --repair', { code: 'usage', exit: exitCodes.usage });
        const { client, output } = session;
        const { local = false } = options;
        const answer = await client.call('Check', { local });
        tellMissing(run, answer.unanswered);
        const { nodes, violations, awaited, leftovers, allocations_checked, blocks_checked } = answer;
        if (violations.length > 0) run.setExit(exitCodes.violations);
        if (isData(output)) return showData(output, { status: statusOf(answer), ...answer });
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
