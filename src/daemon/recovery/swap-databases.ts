import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IpamError } from '../../resources/errors.ts';

/** What a daemon keeps: what it needs of the store first. */
export const databases = ['store', 'journal'] as const;

/** Present while the new databases are being put in place: the old ones may be gone, and empty ones must not be made. */
const marker = 'recovery-unfinished';
/** Of folders with new databases, before the stamp of their recovery. */
const freshPrefix = 'recovered-';

/**
 * The stamp of a recovery that was interrupted while it put its databases in place. What the marker says may be damaged;
 * the latest folder is the one that it was written for.
 */
export function unfinishedRecovery(dataDir: string): string | undefined {
  const file = join(dataDir, marker);
  if (!existsSync(file)) return undefined;
  const stamp = readFileSync(file, 'utf8');
  if (existsSync(join(dataDir, `${freshPrefix}${stamp}`))) return stamp;
  const folders = readdirSync(dataDir).filter((name) => name.startsWith(freshPrefix));
  return folders.sort().at(-1)?.slice(freshPrefix.length) ?? stamp;
}

/** @throws IpamError storage-damaged when a recovery was interrupted */
export function requireNoUnfinishedRecovery(dataDir: string): void {
  if (unfinishedRecovery(dataDir) === undefined) return;
  throw new IpamError('storage-damaged', `a recovery of ${dataDir} was interrupted`, {
    advice: 'run ipam-daemon --recover again',
  });
}

/** Where new databases are written before they are put in place. */
export function freshFolder(dataDir: string, stamp: string): string {
  return join(dataDir, `${freshPrefix}${stamp}`);
}

/** From here on the new ones are put in place: an interrupted run is finished, and not begun anew. */
export function markUnfinished(dataDir: string, stamp: string): void {
  writeFileSync(join(dataDir, marker), stamp);
}

/**
 * Puts the databases of a folder in place. Each step is done once, whatever was done before.
 * @param aside what those are called that were there
 * @returns what was moved aside, for people
 */
export function swap(dataDir: string, stamp: string, aside: 'damaged' | 'replaced'): readonly string[] {
  const report: string[] = [];
  for (const name of databases) {
    const [live, fresh] = [join(dataDir, name), join(dataDir, `${freshPrefix}${stamp}`, name)];
    if (!existsSync(fresh)) continue;
    if (existsSync(live)) {
      renameSync(live, `${live}.${aside}-${stamp}`);
      report.push(`moved aside: ${live}.${aside}-${stamp}`);
    }
    renameSync(fresh, live);
  }
  for (const name of databases) {
    if (existsSync(join(dataDir, name))) continue;
    throw new IpamError('storage-damaged', `the recovery of ${dataDir} has no ${name} to put in its place`, {
      advice: `put ${name}.damaged-TIME back as ${name}, remove ${marker}, and run ipam-daemon --recover again`,
    });
  }
  rmSync(join(dataDir, `${freshPrefix}${stamp}`), { recursive: true, force: true });
  rmSync(join(dataDir, marker));
  return report;
}
