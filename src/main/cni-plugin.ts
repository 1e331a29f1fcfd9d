/**
 * The CNI executable for machines without a C compiler: the same protocol as shim/berth-cni.c, on Node.js.
 * The launcher gives the program's name in BERTH_PROGRAM, and its arguments.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, appendFileSync, constants, renameSync, statfsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { kubeIpamLog, kubeIpamLogLimit, kubeIpamLogLine, kubeIpamOutput } from '../cni/kube-ipam-program.ts';
import { supportedVersions } from '../cni/version.ts';
import { type CniAnswer, type CniCall, cniContentType, decodeAnswer, encodeCall } from '../cni/wire.ts';
import type { InterfacePresence } from '../ipam/request.ts';
import { http } from '../platform/node-http.ts';
import { RegularFiles } from '../platform/regular-file.ts';
import { version } from './version.ts';

const stdinLimit = 4 * 1024 * 1024;
const runLimit = 4;
const defaultTimeoutMs = 15_000;
/** What statfs(2) calls the file system of namespaces: NSFS_MAGIC. */
const namespaceFiles = 0x6e736673;
const firstPauseMs = 10;
const longestPauseMs = 1_000;
/** What waiting does not mend. */
const refused = new Set(['EACCES', 'EPERM']);

class PluginError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const program = process.env.BERTH_PROGRAM ?? 'ipam-plugin';
const isKubeIpam = program === 'kube-ipam';
const [, , ...options] = process.argv;
if (isKubeIpam && options.length > 0) {
  const { exit, stdout, stderr } = kubeIpamOutput(options, version);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exit(exit);
}
const environment = new Map(
  Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('CNI_') && value !== undefined ? [[name, value] as const] : [],
  ),
);
const stdin = await buffer(process.stdin);
const text = stdin.toString('latin1');

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof PluginError)) throw error;
  const cniVersion = scan('cniVersion') ?? '0.4.0';
  tellLog({ exit: 1, stdout: error.message });
  process.stdout.write(`${JSON.stringify({ cniVersion, code: error.code, msg: error.message })}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  // Its input names no socket, and runtimes ask it before any daemon runs.
  if (process.env.CNI_COMMAND === 'VERSION') {
    process.stdout.write(`${JSON.stringify({ cniVersion: scan('cniVersion') ?? '0.4.0', supportedVersions })}\n`);
    return 0;
  }
  if (stdin.length > stdinLimit) {
    throw new PluginError(7, `the network configuration on standard input is over ${stdinLimit} bytes`);
  }
  const execution = { id: randomBytes(8).toString('hex'), interface: interfacePresence() };
  let deadline = performance.now() + Number(process.env.BERTH_CNI_TIMEOUT_MS ?? defaultTimeoutMs);
  let call: CniCall = { program, environment, stdin, execution, canRead: true, ran: undefined };
  for (let runs = 0; runs <= runLimit; runs += 1) {
    const answer = await exchange(call, deadline);
    if (answer.type === 'print') {
      tellLog(answer);
      process.stdout.write(answer.stdout);
      return answer.exit;
    }
    const begun = performance.now();
    const done = answer.type === 'read' ? await readFile(answer.path) : runProgram(answer);
    call = { ...call, ran: { step: answer.step, ...done } };
    // What the other plugin takes is not the daemon's time.
    deadline += performance.now() - begun;
  }
  throw new PluginError(5, `the daemon asked for more than ${runLimit} programs or files`);
}

/** @param deadline of all that the daemon is waited for, on the clock that nobody sets */
async function exchange(call: CniCall, deadline: number): Promise<CniAnswer> {
  const socketPath = scan('daemonSocket') ?? scan('ipam_unix_socket_path') ?? '/run/ipam/ipam.sock';
  for (let wait = firstPauseMs; ; wait = Math.min(wait * 2, longestPauseMs)) {
    try {
      requireTrusted(socketPath);
      return await post(socketPath, encodeCall(call), Math.max(1, Math.ceil(deadline - performance.now())));
    } catch (error) {
      if (error instanceof PluginError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (refused.has(code ?? '')) throw new PluginError(5, `no permission to connect to ${socketPath}: ${message}`);
      if (performance.now() + wait > deadline) throw new PluginError(11, `ipam-daemon does not answer: ${message}`);
    }
    await pause(wait);
  }
}

function post(socketPath: string, body: Buffer, leftMs: number): Promise<CniAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': cniContentType, 'content-length': body.length };
    const sent = http.request({ socketPath, path: '/cni', method: 'POST', headers, agent: false }, (response) => {
      buffer(response)
        .then((answer) => {
          const status = response.statusCode ?? 0;
          if (status === 200) return resolve(answerOf(response.headers, answer.toString()));
          if (status >= 500) return reject(new Error(`${socketPath} answered HTTP ${status}`));
          reject(new PluginError(5, `${socketPath} answered HTTP ${status}; is it ipam-daemon of this version?`));
        })
        .catch(reject);
    });
    // Of the whole exchange: a daemon that drips is one that is unreachable.
    const late = setTimeout(() => sent.destroy(new Error(`no whole answer in time on ${socketPath}`)), leftMs);
    sent.on('close', () => clearTimeout(late));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** @throws PluginError when the daemon's answer makes no sense */
function answerOf(headers: Readonly<Record<string, unknown>>, body: string): CniAnswer {
  try {
    return decodeAnswer(headers, body);
  } catch (error) {
    throw new PluginError(5, (error as Error).message);
  }
}

/** Node.js cannot enter a network namespace: nsenter (util-linux) looks in its place; where there is none, it is unknown. */
function interfacePresence(): InterfacePresence {
  const [netns = '', ifname = ''] = [environment.get('CNI_NETNS'), environment.get('CNI_IFNAME')];
  if (environment.get('CNI_COMMAND') !== 'ADD' || netns === '' || ifname === '') return 'unknown';
  try {
    // A plain file is what is left of a namespace.
    if (statfsSync(netns).type !== namespaceFiles) return 'absent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unknown';
  }
  const { status, stdout } = spawnSync('nsenter', [`--net=${netns}`, 'cat', '/proc/self/net/dev'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  if (status !== 0) return 'unknown';
  return stdout.split('\n').some((line) => line.trim().startsWith(`${ifname}:`)) ? 'present' : 'absent';
}

/** Node.js cannot ask who listens, as the native executable does; who owns the socket's file is the nearest to it. */
function requireTrusted(socketPath: string): void {
  const { uid } = statSync(socketPath);
  if (uid === 0 || uid === process.geteuid?.()) return;
  throw new PluginError(5, `${socketPath} belongs to user ${uid}, who is neither root nor the caller`);
}

/** For the daemon, which may live in a container. */
async function readFile(path: string): Promise<{ exit: number; stdout: Buffer }> {
  try {
    return { exit: 0, stdout: Buffer.from(await new RegularFiles().read(path)) };
  } catch (error) {
    return { exit: 1, stdout: Buffer.from((error as Error).message) };
  }
}

/** A log that cannot be written stops no Pod. */
function tellLog(outcome: { readonly exit: number; readonly stdout: string }): void {
  const line = isKubeIpam ? kubeIpamLogLine(environment, outcome, Date.now()) : undefined;
  if (line === undefined) return;
  try {
    const size = statSync(kubeIpamLog, { throwIfNoEntry: false })?.size ?? 0;
    if (size > kubeIpamLogLimit) renameSync(kubeIpamLog, `${kubeIpamLog}.1`);
    appendFileSync(kubeIpamLog, line, { mode: 0o640 });
  } catch (error) {
    process.stderr.write(`${kubeIpamLog}: ${(error as Error).message}\n`);
  }
}

/** Where distributions and installers put plugins: the answer names what is there and not in CNI_PATH. */
const usualPlaces = [
  '/opt/cni/bin',
  '/usr/lib/cni',
  '/usr/libexec/cni',
  '/usr/local/lib/cni',
  '/usr/local/libexec/cni',
];

function runProgram({ program, command, stdin: input }: Extract<CniAnswer, { type: 'run' }>): {
  exit: number;
  stdout: Buffer;
} {
  const path = (process.env.CNI_PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
    .find(isExecutable);
  if (program.includes('/')) return { exit: 127, stdout: Buffer.alloc(0) };
  if (path === undefined) {
    const elsewhere = usualPlaces.map((directory) => join(directory, program)).find(isExecutable);
    return { exit: 127, stdout: Buffer.from(elsewhere ?? '') };
  }
  const child = spawnSync(path, {
    input,
    env: { ...process.env, CNI_COMMAND: command },
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: stdinLimit,
  });
  return { exit: child.status ?? 1, stdout: child.stdout ?? Buffer.alloc(0) };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The text value of a key, found by a plain scan, as the native executable does. */
function scan(key: string): string | undefined {
  return new RegExp(`"${key}"\\s*:\\s*"([^"\\\\]+)"`).exec(text)?.[1];
}
