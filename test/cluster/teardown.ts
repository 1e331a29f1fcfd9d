import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { must, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { processesInControlGroup, removeControlGroup } from './cgroups.ts';
import { Ground, groundVariable } from './ground.ts';
import { withLock } from './lock.ts';
import { kill, processesWithVariable } from './processes.ts';

/** Removes what clusters left whose owners died. */
export function sweep(): Promise<void> {
  return withLock(sweepLocked);
}

/** Sweeps and takes a new ground, so that each start finds the machine clean. */
export function claimGround(): Promise<Ground> {
  return withLock(async () => {
    await sweepLocked();
    return Ground.claim();
  });
}

/** Removes all of a cluster: processes, containers, mounts, namespaces, links, control groups, folder. */
export function clear(ground: Ground): Promise<void> {
  return withLock(() => clearLocked(ground));
}

async function sweepLocked(): Promise<void> {
  for (const ground of Ground.all()) if (ground.isAbandoned) await clearLocked(ground);
}

async function clearLocked(ground: Ground): Promise<void> {
  await waitFor(`the processes of ${ground.path} to end`, () => {
    // Again and again: one that is being killed may just have started another.
    const pids = [...processesWithVariable(groundVariable, ground.path), ...processesInControlGroup(ground.name)];
    for (const pid of pids) kill(pid);
    return pids.length === 0 ? true : undefined;
  });
  for (const mount of mountsBelow(ground.path)) await must('umount', ['--lazy', mount]);
  for (const netns of namespacesOf(ground)) await must('ip', ['netns', 'delete', netns]);
  // The namespaces' links go with them, but only soon: another cluster may want the name now.
  if (existsSync(`/sys/class/net/${ground.name}`)) await run('ip', ['link', 'delete', ground.name]);
  await waitFor(`the control groups ${ground.name} to go`, () => removeControlGroup(ground.name) || undefined);
  rmSync(ground.path, { recursive: true, force: true, maxRetries: 5 });
}

function namespacesOf({ name }: Ground): string[] {
  if (!existsSync('/run/netns')) return [];
  return readdirSync('/run/netns').filter((netns) => netns.startsWith(`${name}-`));
}

/** Mount points below a folder, those mounted last first. */
function mountsBelow(path: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${path}/`))
    .reverse();
}
