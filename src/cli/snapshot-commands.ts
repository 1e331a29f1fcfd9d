import { once } from 'node:events';
import { createWriteStream, openSync, renameSync, rmSync } from 'node:fs';
import type { ServiceError } from '@grpc/grpc-js';
import type { Command } from 'commander';
import type { SnapshotPart__Output } from '../api/generated/ipam/SnapshotPart.ts';
import { prepareRestoration } from '../members/restoration.ts';
import { readSnapshot, type SnapshotSummary } from '../members/snapshot.ts';
import { IpamError } from '../resources/errors.ts';
import { cliError } from './call-failure.ts';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { type Column, type Output, show } from './output.ts';
import { outputOf, type Run, withClient } from './run.ts';

const columns: readonly Column<SnapshotSummary>[] = [
  { title: 'CLUSTER', text: ({ clusterName }) => clusterName },
  { title: 'ID', text: ({ clusterId }) => clusterId },
  { title: 'MEMBER', text: ({ member }) => member },
  { title: 'REVISION', text: ({ revision }) => revision },
  { title: 'SAVED', text: ({ savedAt }) => savedAt },
  { title: 'KEYS', text: ({ keys }) => String(keys) },
  { title: 'SHA256', text: ({ sha256 }) => sha256, wide: true },
];

/** `snapshot save|status|restore`: the whole state in a file, and a cluster from it. */
export function addSnapshotCommands(program: Command, run: Run): void {
  const snapshot = program
    .command('snapshot')
    .description('keep the whole state in a file, and begin a cluster with it');
  snapshot
    .command('save <file>')
    .description('write everything the cluster keeps, as of one moment')
    .action(
      withClient(run, async ({ client, output }, file: string) => {
        await save(client, file, run);
        await tell(output, await whole(() => readSnapshot(file)));
      }),
    );
  snapshot
    .command('status <file>')
    .description('say whether a snapshot is whole, and what it is of')
    .action(async (file: string) => tell(outputOf(run), await whole(() => readSnapshot(file))));
  snapshot
    .command('restore <file>')
    .description(
      'lay a snapshot ready in an empty data directory: ipam-daemon --bootstrap begins a new cluster with it',
    )
    .requiredOption('--data-dir <dir>', 'of the daemon that will be the first member')
    .addHelpText(
      'after',
      '\nStop the daemons of all former members first. The others join the new one with empty disks.',
    )
    .action(async (file: string, { dataDir }: { dataDir: string }) => {
      const summary = await whole(() => prepareRestoration(file, dataDir));
      const output = outputOf(run);
      await tell(output, summary);
      if (output.format === 'table' || output.format === 'wide') {
        output.print(`ready in ${dataDir}: start ipam-daemon --bootstrap --data-dir ${dataDir}\n`);
      }
    });
}

async function tell(output: Output, summary: SnapshotSummary): Promise<void> {
  show(output, columns, [summary], summary);
}

/** Into a file beside it first: an interrupted save leaves no half snapshot under the name. */
async function save(client: Client, file: string, run: Run): Promise<void> {
  const partial = `${file}.part`;
  let target: ReturnType<typeof createWriteStream>;
  try {
    // Claims name who holds what: not for everybody's eyes.
    target = createWriteStream(partial, { fd: openSync(partial, 'w', 0o600) });
  } catch (error) {
    throw new CliError(`cannot write ${partial}: ${(error as Error).message}`, { code: 'invalid-argument' });
  }
  const failed = once(target, 'error').then(([error]) => Promise.reject(error as Error));
  try {
    const written = async (): Promise<void> => {
      for await (const part of client.clusterService.Snapshot({}) as AsyncIterable<SnapshotPart__Output>) {
        if (!target.write(part.data)) await once(target, 'drain');
        if (run.isTerminal) process.stderr.write(`\r${part.keys} of ${part.total_keys} keys`);
      }
      if (run.isTerminal) process.stderr.write('\n');
      target.end();
      await once(target, 'close');
    };
    await Promise.race([written(), failed]);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    if ((error as ServiceError).metadata !== undefined) throw cliError(error as ServiceError, client.address);
    throw error instanceof CliError ? error : new CliError(`cannot write ${partial}: ${(error as Error).message}`);
  }
}

/** A file that is no snapshot is a failure, no wrong argument. */
async function whole<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    throw new CliError(error.message, { code: error.code, advice: error.advice });
  }
}
