import type { Command } from 'commander';
import type { Allocation__Output } from '../api/generated/ipam/Allocation.ts';
import { isData, showData } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, withClient } from './run.ts';
import { secondsOf } from './time.ts';

/** `quarantine`, `lift`: addresses that somebody outside uses. */
export function addQuarantineCommands(program: Command, run: Run): void {
  withLocal(program.command('quarantine <address>'))
    .description('give an address to nobody because something else on the network uses it')
    .requiredOption('--reason <text>', 'what was seen, for whoever finds it later')
    .option('--for <duration>', 'how long, for example 90s, 30m, 12h or 7d (default: until it is lifted)')
    .addHelpText(
      'after',
      "\nA Pod that holds the address keeps it until it is deleted. 'ipam-cli get reservedip' shows what is in quarantine.",
    )
    .action(
      withClient(run, async ({ client, output }, ip: string, options: QuarantineOptions) => {
        const seconds = options.for === undefined ? 0 : secondsOf(options.for, '--for');
        const { reason, local = false } = options;
        const answer = await client.call('QuarantineIP', { ip, reason, seconds, local });
        tellMissing(run, answer.unanswered);
        if (isData(output)) return showData(output, answer);
        const { holder } = answer;
        output.print(`address ${ip} is in quarantine${holder === null ? '' : `; ${holderText(holder)}`}\n`);
      }),
    );
  withLocal(program.command('lift <address>'))
    .description('end the quarantine of an address')
    .action(
      withClient(run, async ({ client, output }, ip: string, { local = false }: Local) => {
        const { holder, unanswered } = await client.call('LiftQuarantine', { ip, local });
        tellMissing(run, unanswered);
        if (isData(output)) return showData(output, { ip, lifted: true, holder, unanswered });
        const what = holder === null ? 'may be given out again' : `is no longer in quarantine; ${holderText(holder)}`;
        output.print(`address ${ip} ${what}\n`);
      }),
    );
}

interface QuarantineOptions extends Local {
  readonly reason: string;
  readonly for?: string;
}

function holderText(holder: Allocation__Output): string {
  const container = holder.container_id === '' ? '' : `container ${holder.container_id} of `;
  return `${container}${podText(holder)} on node "${holder.node_id}" holds it until it is deleted`;
}

function podText({ pod_namespace, pod_name }: { pod_namespace: string; pod_name: string }): string {
  return pod_name === '' ? 'no Pod' : `Pod ${pod_namespace}/${pod_name}`;
}
