import { readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { raftFolder } from './member-file.ts';

const gentleMs = 5_000;
const longestMs = 10_000;
const stepMs = 20;

const fileOf = (dataDir: string): string => join(dataDir, 'raft.pid');

export function writePid(dataDir: string, pid: number): void {
  writeFileSync(fileOf(dataDir), `${pid}\n`);
}

export function removePid(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/**
 * Ends the etcd that a daemon left behind which could not take it along. Whoever calls this holds the data directory, so
 * no daemon answers for that process; that it runs in this very directory, on its data, proves what it is.
 * @throws IpamError in-use when it does not end
 */
export async function endOrphan(dataDir: string, log: Log): Promise<void> {
  const pid = orphan(dataDir);
  if (pid === undefined) return;
  log.warn({ pid }, 'ending the etcd that an earlier daemon left behind');
  const begin = Date.now();
  process.kill(pid, 'SIGTERM');
  let killed = false;
  while (orphan(dataDir) === pid) {
    const waited = Date.now() - begin;
    if (waited > longestMs) {
      throw new IpamError('in-use', `etcd, process ${pid}, uses the data in ${dataDir} and does not end`, {
        advice: 'end that process by hand',
      });
    }
    if (waited > gentleMs && !killed) {
      killed = true;
      process.kill(pid, 'SIGKILL');
    }
    await pause(stepMs);
  }
}

function orphan(dataDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(fileOf(dataDir), 'utf8'));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const runsHere = readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
    const isEtcd = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`--data-dir=${raftFolder}`);
    return runsHere && isEtcd ? pid : undefined;
  } catch (error) {
    // No file: nothing was left. No such process: it has ended.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
