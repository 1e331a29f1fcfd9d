import { isIP } from 'node:net';
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { blockColumns } from './columns.ts';
import { dryRun } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, show, showData } from './output.ts';
import { type Run, type Session, withClient } from './run.ts';

/** `allocate`, `release`, `forget`: blocks, by hand. */
export function addBlockCommands(program: Command, run: Run): void {
  program
    .command('allocate <node-id>')
    .description('lease one more block to a node')
    .option('--pool <name>', 'from this pool (default: the default pool)')
    .action(
      withClient(run, async ({ client, output }, node: string, { pool }: { pool?: string }) => {
        const { block } = await client.call('AllocateBlock', { node_id: node, pool: pool ?? '' });
        if (block) show(output, blockColumns, [block], block);
      }),
    );
  program
    .command('release [address-or-node] [cidr]')
    .description('release what a container that is gone still holds; or hand an empty block of a node back')
    .option('--container <id>', 'everything that this container holds')
    .option('--force', 'also when the container may still run: whoever gets the address shares it with it')
    .option('--reason <text>', 'why, for the log, the audit log and an Event on the Pod', 'ipam-cli release')
    .option(...dryRun)
    .addHelpText(
      'after',
      `
Examples:
  ipam-cli release 10.244.0.5            the address of a container whose network namespace is gone, with all that it holds
  ipam-cli release --container 4f1c…     the same, by the container
  ipam-cli release 10.244.0.5 --dry-run  what that would release, or why it would not
  ipam-cli release node1 10.244.3.0/24   an empty block`,
    )
    .action(withClient(run, release));
  program
    .command('forget <node-id>')
    .description('take the blocks and claims of a node that will never come back away from it')
    .addHelpText(
      'after',
      '\nIts Pods must be gone, and its daemon ended: what they hold is given to others. A daemon that is only cut off from the\ncluster goes on giving addresses of its blocks; be sure that its machine is off, or that it runs no Pods.',
    )
    .option('--force', 'also a node of which the daemon knows nothing')
    .option(...dryRun)
    .action(withClient(run, forget));
}

async function forget(
  { client, output }: Session,
  node: string,
  { force = false, dryRun = false }: { readonly force?: boolean; readonly dryRun?: boolean },
): Promise<void> {
  const answer = await client.call(dryRun ? 'DryRunForgetNode' : 'ForgetNode', { node_id: node, force });
  if (isData(output)) return showData(output, answer);
  const [done, are] = dryRun ? ['would be forgotten', 'would be'] : ['forgotten', 'are'];
  output.print(`node "${node}" ${done}: ${answer.blocks} blocks and ${answer.claims} claims ${are} free again\n`);
}

async function release(
  { client, output }: Session,
  subject: string | undefined,
  cidr: string | undefined,
  { container, reason, force = false, dryRun: isDry = false }: ReleaseOptions,
): Promise<void> {
  const isBlock = subject !== undefined && cidr !== undefined;
  if (isBlock && isDry) {
    throw new CliError('--dry-run is for addresses: a block is handed back when it is empty, or not at all', {
      code: 'usage',
      exit: exitCodes.usage,
    });
  }
  const answer = isBlock
    ? await client.call('ReleaseBlock', { node_id: subject, cidr })
    : await client.call(isDry ? 'DryRunReleaseIP' : 'ReleaseIP', {
        ...holderOf(subject, container),
        only_if_gone: !force,
        reason,
      });
  if (!answer.success) throw new CliError(answer.message, { code: 'conflict', exit: exitCodes.failed });
  if (isData(output)) showData(output, answer);
  else output.print(`${answer.message}\n`);
}

interface ReleaseOptions {
  readonly container?: string;
  readonly reason: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** By its address, by its container, or by both, which must then agree. */
function holderOf(address: string | undefined, container: string | undefined) {
  if (address === undefined && container === undefined) {
    throw new CliError('name an address, --container, or a node and a block', { code: 'usage', exit: exitCodes.usage });
  }
  if (address !== undefined && isIP(address) === 0) {
    throw new CliError(`"${address}" is no address; a block is released by its node and its CIDR`, {
      code: 'usage',
      exit: exitCodes.usage,
    });
  }
  return { ip: address ?? '', container_id: container ?? '' };
}
