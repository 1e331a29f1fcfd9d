import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { EtcdKeys } from './etcd-admin.ts';
import { hasRaftData, readMemberFile } from './member-file.ts';
import { readSnapshot, type SnapshotSummary } from './snapshot.ts';

const fileOf = (dataDir: string): string => join(dataDir, 'restore.snapshot');

/**
 * Lays a snapshot ready for the next `ipam-daemon --bootstrap` on this data directory, which begins a new cluster with it.
 * @throws IpamError storage-damaged, or in-use when the directory has a member's data
 */
export async function prepareRestoration(snapshot: string, dataDir: string): Promise<SnapshotSummary> {
  if (hasRaftData(dataDir) || readMemberFile(dataDir) !== undefined) {
    throw new IpamError('in-use', `${dataDir} has the data of a member`, {
      advice: 'stop its daemon and move member.json and raft/ away; keep them until the restored cluster is checked',
    });
  }
  const summary = await readSnapshot(snapshot);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const fresh = `${fileOf(dataDir)}.new`;
  await copyFile(snapshot, fresh);
  const copy = await open(fresh, 'r+');
  try {
    await copy.sync();
  } finally {
    await copy.close();
  }
  // What was copied is what was checked.
  const { sha256 } = await readSnapshot(fresh);
  if (sha256 !== summary.sha256) throw new IpamError('storage-damaged', `${snapshot} changed while it was copied`);
  renameSync(fresh, fileOf(dataDir));
  return summary;
}

export function hasRestoration(dataDir: string): boolean {
  return existsSync(fileOf(dataDir));
}

/** Writes what lies ready into the new cluster. Repeated after a crash: the same keys get the same values. */
export async function finishRestoration(dataDir: string, keys: EtcdKeys, log: Log): Promise<void> {
  if (!hasRestoration(dataDir)) return;
  const { sha256, ...summary } = await readSnapshot(fileOf(dataDir), (pairs) => keys.put(pairs));
  renameSync(fileOf(dataDir), `${fileOf(dataDir)}.done`);
  log.info({ ...summary, sha256 }, 'the new cluster has what the snapshot had');
}
