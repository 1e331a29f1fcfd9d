import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Compiled from native/ by `make build` where there is a compiler. */
const addon = fileURLToPath(new URL('../../build/native/file-lock.node', import.meta.url));

/** What `flock` of util-linux and of busybox says when another process has the lock. */
const takenExit = 1;

/**
 * Locks a file or directory until this process ends, however it ends. The lock is on what is there, not on its name:
 * it holds through any other path to it, in any container, and removing files does not undo it.
 * @returns `held`, `taken` by another process, or why neither can be told
 */
export function lockUntilEnd(path: string): 'held' | 'taken' | { readonly unable: string } {
  const descriptor = openSync(path, 'r');
  const outcome = lock(descriptor);
  // The lock goes with the descriptor, which is never closed.
  if (outcome !== 'held') closeSync(descriptor);
  return outcome;
}

function lock(descriptor: number): ReturnType<typeof lockUntilEnd> {
  try {
    return (existsSync(addon) ? lockHere(descriptor) : lockByProgram(descriptor)) ? 'held' : 'taken';
  } catch (error) {
    return { unable: (error as Error).message };
  }
}

function lockHere(descriptor: number): boolean {
  const { tryLock } = createRequire(import.meta.url)(addon) as { tryLock(descriptor: number): boolean };
  return tryLock(descriptor);
}

/** A lock belongs to the open file, which a child shares: the program ends, and the lock stays with this process. */
function lockByProgram(descriptor: number): boolean {
  const { status, error, stderr } = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status === 0 || status === takenExit) return status === 0;
  throw new Error(stderr.trim());
}
