import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaries, needsNodes } from './binaries.ts';
import { Cluster } from './cluster.ts';
import { Ground, groundVariable } from './ground.ts';
import { processesWithVariable } from './processes.ts';
import { clear, sweep } from './teardown.ts';

/** `make cluster-up`, `cluster-down` and `cluster-shell`: a cluster that stays. Those of running tests are left alone. */
const commands: Readonly<Record<string, () => Promise<number>>> = { up, down, shell };
const command = commands[process.argv[2] ?? ''];
if (command === undefined) throw new Error(`say one of ${Object.keys(commands).join(', ')}`);
process.exit(await command());

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function kubeconfigOf(ground: Ground): string {
  return join(ground.path, 'users', 'admin');
}

/** The kept cluster that runs. */
function running(): Ground | undefined {
  return Ground.all().find(({ isKept, path }) => isKept && processesWithVariable(groundVariable, path).length > 0);
}

async function up(): Promise<number> {
  const reason = needsNodes();
  if (reason !== '') {
    say(`no cluster: ${reason}`);
    return 1;
  }
  let ground = running();
  if (ground === undefined) {
    await removeKept();
    say('starting a control plane and two nodes (half a minute)');
    const cluster = new Cluster();
    try {
      await cluster.start();
      writeNodeCommand(cluster);
      cluster.keep();
      ({ ground } = cluster);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }
  say(`export KUBECONFIG=${kubeconfigOf(ground)}`);
  say(`logs, and the files of the nodes: ${ground.path}`);
  say('make cluster-shell: a shell with kubectl, and "on node1 COMMAND" for a command on a node');
  say('make cluster-down: the end of it');
  return 0;
}

/** Removes the kept cluster, and what was left by tests that were killed. */
async function down(): Promise<number> {
  await removeKept();
  await sweep();
  return 0;
}

async function shell(): Promise<number> {
  const ground = running();
  if (ground === undefined) {
    say('no cluster is up: make cluster-up');
    return 1;
  }
  const path = [join(ground.path, 'bin'), binaries().directory, process.env.PATH ?? ''].join(':');
  const env = { ...process.env, KUBECONFIG: kubeconfigOf(ground), PATH: path };
  return spawnSync(process.env.SHELL ?? '/bin/bash', { stdio: 'inherit', env }).status ?? 1;
}

async function removeKept(): Promise<void> {
  for (const ground of Ground.all()) if (ground.isKept) await clear(ground);
}

/** `on NODE COMMAND`: with the node's network and files. */
function writeNodeCommand({ ground }: Cluster): void {
  const file = join(ground.path, 'bin', 'on');
  mkdirSync(join(ground.path, 'bin'), { recursive: true });
  const enter = `exec nsenter --mount=/proc/$pid/ns/mnt --net=/run/netns/${ground.name}-$node "$@"`;
  writeFileSync(file, `#!/bin/sh\nset -e\nnode=$1\nshift\npid=$(cat ${ground.path}/$node/pid)\n${enter}\n`);
  chmodSync(file, 0o755);
}
