import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { type Run, withClient } from './run.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `quarantine`, `lift`: addresses that somebody outside uses. */
export function addQuarantineCommands(program: Command, run: Run): void {
  program
    .command('quarantine <address>')
    .description('give an address to nobody because something else on the network uses it')
    .requiredOption('--reason <text>', 'what was seen, for whoever finds it later')
    .option('--for <duration>', 'how long, for example 90s, 30m, 12h or 7d (default: until it is lifted)')
    .addHelpText(
      'after',
      "\nA Pod that holds the address keeps it until it is deleted. 'ipam-cli get reservedip' shows what is in quarantine.",
    )
    .action(
      withClient(run, async ({ client, output }, ip: string, options: { reason: string; for?: string }) => {
        const seconds = options.for === undefined ? 0 : secondsOf(options.for);
        const answer = await client.call('QuarantineIP', { ip, reason: options.reason, seconds });
        if (isData(output)) return showData(output, answer);
        const { holder } = answer;
        const held =
          holder === null
            ? ''
            : `; container ${holder.container_id} of ${podText(holder)} holds it until it is deleted`;
        output.print(`address ${ip} is in quarantine${held}\n`);
      }),
    );
  program
    .command('lift <address>')
    .description('end the quarantine of an address')
    .action(
      withClient(run, async ({ client, output }, ip: string) => {
        await client.call('LiftQuarantine', { ip });
        if (isData(output)) return showData(output, { ip, lifted: true });
        output.print(`address ${ip} may be given out again\n`);
      }),
    );
}

function podText({ pod_namespace, pod_name }: { pod_namespace: string; pod_name: string }): string {
  return pod_name === '' ? 'no Pod' : `Pod ${pod_namespace}/${pod_name}`;
}

function secondsOf(text: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
  throw new CliError(`--for ${text} is not a duration`, {
    code: 'invalid-argument',
    advice: 'write for example 90s, 30m, 12h or 7d',
    exit: exitCodes.usage,
  });
}
