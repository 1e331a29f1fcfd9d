import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonConfig } from '../../config/daemon-config.ts';
import { IpamError } from '../../resources/errors.ts';
import { copyEnvironment } from '../../store/embedded/copy.ts';
import { verifyEnvironments } from '../../store/embedded/verify.ts';

/**
 * Copies what a daemon of the embedded engine keeps, while it runs. The journal first: what an address of it needs in the
 * store (its block, its claim) was there before, so that the later copy of the store has it.
 * @returns a report for people
 * @throws IpamError invalid-config, invalid-argument, storage-damaged, storage-full
 */
export async function backup(
  { dataDir, engine }: Pick<DaemonConfig, 'dataDir' | 'engine'>,
  target: string,
): Promise<string> {
  if (engine !== 'embedded') {
    throw new IpamError('invalid-config', `--backup is for the embedded engine, and the engine is ${engine}`, {
      advice: 'of members: ipam-cli snapshot save; of an etcd or a Kubernetes of others: their own backup',
    });
  }
  const folders = ['journal', 'store'] as const;
  const missing = folders.find((folder) => !existsSync(join(dataDir, folder, 'data.mdb')));
  if (missing !== undefined) {
    throw new IpamError('invalid-config', `${join(dataDir, missing)} has no database to copy`, {
      advice: 'name the directory of the daemon with --data-dir or --config',
    });
  }
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new IpamError('invalid-config', `--backup ${target}: the folder is not empty`, {
      advice: 'name one that is not there yet',
    });
  }
  // Under another name until it is whole: what was interrupted is no copy, and the next one begins anew.
  const partial = `${target.replace(/\/+$/, '')}.part`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  for (const folder of folders) await copyEnvironment(join(dataDir, folder), join(partial, folder));
  await verifyEnvironments(folders.map((folder) => join(partial, folder)));
  renameSync(partial, target);
  return `copied ${dataDir} to ${target}, and read the copy to the end: it is whole\n`;
}
