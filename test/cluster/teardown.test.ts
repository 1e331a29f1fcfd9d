import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { skipEach } from '../kit/skip.ts';
import { needsNodes } from './binaries.ts';
import { processesInControlGroup } from './cgroups.ts';
import { Ground, groundVariable } from './ground.ts';
import { processesWithVariable, processIdentity } from './processes.ts';
import { sweep } from './teardown.ts';

const reason = needsNodes();

/** A program that starts a cluster of one node with a Pod, says its number, and waits to be killed. */
const victim = `
  const { Cluster } = await import(${JSON.stringify(new URL('cluster.ts', import.meta.url))});
  const { podManifest } = await import(${JSON.stringify(new URL('pod.ts', import.meta.url))});
  const cluster = new Cluster({ nodes: [{ name: 'only' }] });
  await cluster.start();
  await cluster.apply(podManifest({ name: 'orphan' }));
  await cluster.podReady('orphan');
  console.log(cluster.ground.number);
  setInterval(() => {}, 60_000);
`;

describe('a cluster whose owner was killed', () => {
  skipEach(reason);

  it('is removed completely by the next one to sweep', async () => {
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', victim], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await Array.fromAsync(firstOf(createInterface({ input: owner.stdout })));
    const ground = new Ground(Number(line));
    const containers = processesInControlGroup(ground.name);
    expect(containers.length).toBeGreaterThan(1);
    expect(ground.isAbandoned).toBe(false);
    const dead = new Promise((resolve) => owner.once('exit', resolve));
    owner.kill('SIGKILL');
    await dead;
    expect(ground.isAbandoned).toBe(true);
    expect(containers.filter((pid) => processIdentity(pid) !== undefined)).toEqual(containers);

    await sweep();

    expect(containers.filter((pid) => processIdentity(pid) !== undefined)).toEqual([]);
    expect(processesWithVariable(groundVariable, ground.path)).toEqual([]);
    expect(readdirSync('/run/netns').filter((name) => name.startsWith(`${ground.name}-`))).toEqual([]);
    expect(existsSync(`/sys/class/net/${ground.name}`)).toBe(false);
    expect(existsSync(`/sys/fs/cgroup/memory/${ground.name}`) || existsSync(`/sys/fs/cgroup/${ground.name}`)).toBe(
      false,
    );
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(ground.path);
    expect(existsSync(ground.path)).toBe(false);
  }, 300_000);
});

async function* firstOf<T>(all: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const one of all) {
    yield one;
    return;
  }
}
