import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonConfig } from '../../config/daemon-config.ts';
import { IpamError } from '../../resources/errors.ts';
import { copyEnvironment } from '../../store/embedded/copy.ts';
import { verifyEnvironments } from '../../store/embedded/verify.ts';
import { databases, freshFolder, markUnfinished, requireNoUnfinishedRecovery, swap } from './swap-databases.ts';

/**
 * Puts a copy that `--backup` has made in the place of what the daemon keeps, which stays beside it. The copy is copied and read to the
 * end first; an interrupted run either has changed nothing, or is finished by `--recover`. The caller holds the data directory.
 * @returns a report for people
 * @throws IpamError invalid-config, storage-damaged, storage-full
 */
export async function restoreCopy(
  { dataDir, engine }: Pick<DaemonConfig, 'dataDir' | 'engine'>,
  source: string,
  now: () => number,
): Promise<string> {
  if (engine !== 'embedded') {
    throw new IpamError('invalid-config', `--restore is for the embedded engine, and the engine is ${engine}`, {
      advice: 'of members: ipam-cli snapshot restore; of an etcd or a Kubernetes of others: their own means',
    });
  }
  requireNoUnfinishedRecovery(dataDir);
  const missing = databases.find((name) => !existsSync(join(source, name, 'data.mdb')));
  if (missing !== undefined) {
    throw new IpamError('invalid-config', `--restore ${source}: it has no ${missing}, and so is no whole copy`, {
      advice: 'name a folder that ipam-daemon --backup has made',
    });
  }
  const stamp = new Date(now()).toISOString().replaceAll(/[-:.]/g, '');
  const fresh = freshFolder(dataDir, stamp);
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  try {
    for (const name of databases) await copyEnvironment(join(source, name), join(fresh, name));
    await verifyEnvironments(databases.map((name) => join(fresh, name)));
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  markUnfinished(dataDir, stamp);
  return [
    ...swap(dataDir, stamp, 'replaced'),
    `${dataDir} has what ${source} has, read to the end: it is whole`,
    'start ipam-daemon, and run: ipam-cli check',
    'What was given after the copy is not in it: delete Pods that the daemon does not know, before new ones start',
    '',
  ].join('\n');
}
