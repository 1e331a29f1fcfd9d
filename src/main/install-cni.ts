import { join } from 'node:path';
import { Command } from 'commander';
import { installExecutables, removeExecutables } from '../daemon/cni-executables.ts';
import { createLog } from '../telemetry/pino.ts';
import { version } from './version.ts';

interface Flags {
  readonly from: string;
  readonly remove?: boolean;
}

const program = new Command('install-cni')
  .description("Puts the CNI executables into the folder where the node's container runtime looks for them.")
  .version(version)
  .argument('<folder>', "the runtime's folder, as this container sees it")
  .option('--from <folder>', 'where they are', '/opt/cni/bin')
  .option('--remove', 'take them away');

const { from, remove = false } = program.parse().opts<Flags>();
const [folder = ''] = program.args;
const log = createLog({ level: 'info', format: 'json' });
if (remove) {
  log.info({ folder, names: removeExecutables(folder) }, 'removed the CNI executables');
} else {
  for (const [name, outcome] of installExecutables(join(from, 'ipam-plugin'), folder)) {
    if (outcome === 'kept') log.warn({ folder, name }, 'another program has this name, and keeps it');
    else log.info({ folder, name, outcome }, 'CNI executable');
  }
}
