import { isIP } from 'node:net';
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { type Run, withClient } from './run.ts';

/** `unkeep`: addresses that stay for somebody who is not there. */
export function addIdentityCommands(program: Command, run: Run): void {
  program
    .command('unkeep <kept>')
    .description('free an address that is kept for somebody who will not come again')
    .addHelpText(
      'after',
      `
Examples:
  ipam-cli unkeep 10.244.0.5             whoever it is kept for
  ipam-cli unkeep identity/db            as the caller named it (IDENTITY=db of CNI_ARGS, identity of gRPC)
  ipam-cli unkeep identity/shop/db       the same, named for a Pod of namespace shop
  ipam-cli unkeep pod/shop/db-0          what is kept by the name of a Pod

What a container has is not freed. 'ipam-cli get claims -o wide' shows what is kept, for whom, and since when.`,
    )
    .action(
      withClient(run, async ({ client, output }, kept: string) => {
        const answer = await client.call('ReleaseIdentity', subjectOf(kept));
        if (isData(output)) return showData(output, answer);
        output.print(`free again: ${answer.released.join(', ')}\n`);
      }),
    );
}

/** @throws CliError usage */
function subjectOf(text: string) {
  if (isIP(text) !== 0) return { ip: text };
  const [kind, ...parts] = text.split('/');
  const [namespace, name] = parts.length === 1 ? ['', parts[0]] : parts;
  const isNamed = parts.length <= 2 && name !== undefined && name !== '';
  if (isNamed && kind === 'identity') return { identity: { namespace: namespace ?? '', name } };
  if (isNamed && kind === 'pod' && namespace !== '') return { pod: { namespace: namespace ?? '', name } };
  throw new CliError(`"${text}" is neither an address nor the name of somebody`, {
    code: 'usage',
    advice: 'write an address, identity/NAME, identity/NAMESPACE/NAME or pod/NAMESPACE/NAME',
    exit: exitCodes.usage,
  });
}
