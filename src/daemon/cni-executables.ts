import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

/** The names that network configurations use; one program goes by all of them. */
export const executableNames = ['ipam-plugin', 'ipam-cni', 'spiderpool', 'kube-ipam'] as const;
/** Other programs have these names, too, and keep them. */
const sharedNames: ReadonlySet<string> = new Set(['spiderpool', 'kube-ipam']);
/** What the program says to the daemon, and its launcher to Node.js, and no other program says to anybody. */
const marks = ['application/x-berth-cni', 'BERTH_PROGRAM='];

export type Installed = 'installed' | 'unchanged' | 'kept';

/**
 * Puts the program into the runtime's folder, whole at any moment: a runtime may start it while this runs.
 * `kept`: another program has the name `spiderpool` or `kube-ipam` there, and its networks go on working.
 * @throws Error of the file system
 */
export function installExecutables(program: string, folder: string): ReadonlyMap<string, Installed> {
  mkdirSync(folder, { recursive: true });
  return new Map(executableNames.map((name) => [name, install(program, folder, name)]));
}

/** Takes away what is ours. @returns the names of what was there */
export function removeExecutables(folder: string): readonly string[] {
  const removed = executableNames.filter((name) => isOurs(join(folder, name)));
  for (const name of removed) rmSync(join(folder, name));
  for (const name of executableNames) rmSync(unfinished(folder, name), { force: true });
  return removed;
}

/** Where a new one is until it is whole; a crash may leave it, and the next attempt writes over it. */
function unfinished(folder: string, name: string): string {
  return join(folder, `.${name}.berth-new`);
}

function install(program: string, folder: string, name: string): Installed {
  const target = join(folder, name);
  if (existsSync(target)) {
    if (sharedNames.has(name) && !isOurs(target)) return 'kept';
    if (readFileSync(target).equals(readFileSync(program))) return 'unchanged';
  }
  const next = unfinished(folder, name);
  copyFileSync(program, next);
  chmodSync(next, 0o755);
  // A rename that survives a power failure must not name a file whose bytes did not.
  const file = openSync(next, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(next, target);
  return 'installed';
}

/** Is it a program, and none of ours? */
export function isAnothers(file: string): boolean {
  return existsSync(file) && !isOurs(file);
}

function isOurs(file: string): boolean {
  if (!existsSync(file)) return false;
  const bytes = readFileSync(file);
  return marks.some((mark) => bytes.includes(mark));
}
