import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { Namespace } from '../kit/namespace.ts';
import { referencePlugins } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';

/** `make demo`: what the README promises, for eyes. Leaves nothing behind, also when it is interrupted. */
const count = 8;
const daemon = new DaemonProcess();
const pods = Array.from({ length: count }, (_, index) => new Namespace(`pod${index + 1}`));
const network = {
  cniVersion: '1.0.0',
  name: 'demo',
  type: 'ptp',
  ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }] },
};

const bold = (text: string): string => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);

function step(text: string): void {
  process.stdout.write(`\n${bold(`== ${text}`)}\n`);
}

async function showCli(...args: string[]): Promise<string> {
  process.stdout.write(`$ ipam-cli ${args.join(' ')}\n`);
  const { stdout, stderr } = await daemon.cli(...args);
  process.stdout.write(stdout + stderr);
  return stdout;
}

function containerId(index: number): string {
  return `c${index + 1}-demo`;
}

function call(command: string, index: number): ReturnType<typeof cni> {
  const pod = pods[index];
  return cni(`${referencePlugins}/ptp`, network, {
    command,
    containerId: containerId(index),
    netns: pod?.path ?? '',
    args: `IgnoreUnknown=1;K8S_POD_NAMESPACE=demo;K8S_POD_NAME=pod-${index + 1}`,
  });
}

async function expectSuccess(command: string, indexes: readonly number[]): Promise<void> {
  const results = await Promise.all(indexes.map((index) => call(command, index)));
  const failed = results.find(({ exit }) => exit !== 0);
  if (failed !== undefined) throw new Error(`${command} failed: ${failed.stdout}${failed.stderr}`);
}

async function cleanUp(): Promise<void> {
  // A namespace takes the host's end of its veth pair with it.
  for (const pod of pods) if (existsSync(pod.path)) await pod.delete();
  await daemon.remove();
}

async function demo(): Promise<void> {
  step('Start ipam-daemon on the embedded engine (LMDB): 10.244.0.0/16 and fd00:10:244::/56');
  await daemon.start();
  process.stdout.write(`pid ${daemon.pid}, socket ${daemon.socket}\n`);

  step(
    `Create ${count} network namespaces and call the reference plugin "ptp", which calls our "ipam-plugin", in parallel`,
  );
  await Promise.all(pods.map((pod) => pod.create()));
  await expectSuccess(
    'ADD',
    pods.map((_, index) => index),
  );
  const held = await Promise.all(pods.map((pod) => pod.addresses()));
  for (const [index, addresses] of held.entries()) process.stdout.write(`pod-${index + 1}: ${addresses.join(', ')}\n`);

  step('Every Pod pings the next one, over IPv4 and IPv6');
  for (const [index, pod] of pods.entries()) {
    const target = (index + 1) % count;
    for (const cidr of held[target] ?? []) {
      const [address = ''] = cidr.split('/');
      const answered = await pod.ping(address);
      process.stdout.write(`pod-${index + 1} -> pod-${target + 1} ${address}: ${answered ? 'ok' : 'NO ANSWER'}\n`);
      if (!answered) throw new Error('a Pod does not answer');
    }
  }

  step('What the daemon knows');
  await showCli('stats');
  const before = await showCli('addresses');
  const [first = ''] = (held[0]?.[0] ?? '').split('/');
  await showCli('lookup', first, '-o', 'wide');

  step('Kill the daemon (SIGKILL) while Pods 1 to 4 are deleted; the executables wait for it to come back');
  const deletions = expectSuccess('DEL', [0, 1, 2, 3]);
  await daemon.crash();
  process.stdout.write('killed\n');
  await pause(300);
  const started = Date.now();
  await daemon.start();
  process.stdout.write(`restarted; ready after ${Date.now() - started} ms\n`);
  await deletions;
  const after = await showCli('addresses');
  const kept = before
    .split('\n')
    .filter((line) => /demo\/pod-[5-8] /.test(line))
    .map((line) => line.split(' ')[0]);
  const lost = kept.filter((address) => address !== undefined && !after.includes(address));
  if (kept.length !== 8 || lost.length > 0) throw new Error(`addresses changed: ${lost.join(', ')}`);
  process.stdout.write('pods 5 to 8 hold what they held\n');

  step('An ADD that the runtime repeats is refused while the interface is there, and takes nothing; CHECK agrees');
  const again = await cni('ipam-plugin', network, {
    command: 'ADD',
    containerId: containerId(4),
    netns: pods[4]?.path ?? '',
  });
  process.stdout.write(`pod-5 again: error ${again.json.code}: ${again.json.msg}\n`);
  if (again.exit === 0) throw new Error('a second ADD was answered');
  const prevResult = { cniVersion: '1.0.0', ips: (held[4] ?? []).map((address) => ({ address })) };
  const checked = await cni(
    'ipam-plugin',
    { ...network, prevResult },
    { command: 'CHECK', containerId: containerId(4), netns: pods[4]?.path ?? '' },
  );
  process.stdout.write(`CHECK ended with status ${checked.exit}${checked.stdout}\n`);
  if (checked.exit !== 0) throw new Error('CHECK does not agree');
  await showCli('check');

  step('DEL for Pods 5 and 6; Pods 7 and 8 vanish without DEL, and the CNI verb GC finds them');
  await expectSuccess('DEL', [4, 5]);
  await Promise.all(pods.slice(6).map((pod) => pod.delete()));
  const gc = { ...network, cniVersion: '1.1.0', 'cni.dev/valid-attachments': [] };
  const collected = await cni('ipam-plugin', gc, { command: 'GC' });
  if (collected.exit !== 0) throw new Error(`GC failed: ${collected.stdout}`);
  await showCli('addresses');
  await showCli('stats');
  const { stdout } = await daemon.cli('stats', '-o', 'json');
  if (JSON.parse(stdout).used_ips !== 0) throw new Error('the pool is not empty');

  step('Stop');
  process.stdout.write(`ipam-daemon ended with status ${await daemon.stop()}\n`);
}

if (needsRoot !== '') {
  process.stderr.write(`make demo ${needsRoot}: run it as root\n`);
  process.exit(1);
}

let cleaning: Promise<void> | undefined;
const finish = (): Promise<void> => {
  cleaning ??= cleanUp();
  return cleaning;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stdout.write(`\n${signal}: cleaning up\n`);
    void finish().then(() => process.exit(130));
  });
}
try {
  await demo();
  process.stdout.write('\nDone. Nothing is left behind.\n');
} catch (error) {
  if (cleaning === undefined) {
    process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
} finally {
  await finish();
}
