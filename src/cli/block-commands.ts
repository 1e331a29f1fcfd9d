import type { Command } from 'commander';
import { blockColumns } from './columns.ts';
import { isData, show, showData } from './output.ts';
import { type Run, withClient } from './run.ts';

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
    .command('release <node-id> <cidr>')
    .description('hand an empty block of a node back')
    .action(
      withClient(run, async ({ client, output }, node: string, cidr: string) => {
        const answer = await client.call('ReleaseBlock', { node_id: node, cidr });
        if (isData(output)) showData(output, answer);
        else output.print(`${answer.message}\n`);
      }),
    );
  program
    .command('forget <node-id>')
    .description('take the blocks and claims of a node that will never come back away from it')
    .addHelpText(
      'after',
      '\nIts Pods must be gone, and its daemon ended: what they hold is given to others. A daemon that is only cut off from the\ncluster goes on giving addresses of its blocks; be sure that its machine is off, or that it runs no Pods.',
    )
    .option('--force', 'also a node of which the daemon knows nothing')
    .action(
      withClient(run, async ({ client, output }, node: string, { force }: { force?: boolean }) => {
        const answer = await client.call('ForgetNode', { node_id: node, force: force ?? false });
        if (isData(output)) showData(output, answer);
        else
          output.print(
            `node "${node}" forgotten: ${answer.blocks} blocks and ${answer.claims} claims are free again\n`,
          );
      }),
    );
}
