import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdClient } from '../../src/store/etcd/client.ts';
import type { TlsFileNames } from '../../src/store/etcd/client-tls.ts';
import { freePort } from './free-port.ts';
import { waitFor } from './wait.ts';

export interface EtcdOptions {
  /** By default the one of Debian's package etcd-server. */
  readonly binary?: string;
  /** Members of the cluster, 1 when absent. */
  readonly size?: number;
  /** Clients by a Unix socket instead of a loopback port. */
  readonly unix?: boolean;
  /** Flags beside our own. */
  readonly args?: readonly string[];
  /** TLS for clients, who need a certificate of the same authority. */
  readonly tls?: Required<TlsFileNames>;
}

/** Milliseconds; what the daemon gives its own members. */
const tuning = ['--heartbeat-interval=50', '--election-timeout=500'];

/** One real etcd, in a folder of its own. */
export class EtcdProcess {
  readonly name: string;
  readonly directory: string;
  readonly endpoint: string;
  readonly peerUrl: string;
  readonly #options: EtcdOptions;
  readonly #initial: () => string;
  #child: ChildProcess | undefined;

  constructor(name: string, directory: string, ports: readonly number[], options: EtcdOptions, initial: () => string) {
    const [clientPort = 0, peerPort = 0] = ports;
    const scheme = options.tls === undefined ? 'http' : 'https';
    this.name = name;
    this.directory = join(directory, name);
    this.endpoint = options.unix ? `unix:${join(this.directory, 'client:1')}` : `${scheme}://127.0.0.1:${clientPort}`;
    this.peerUrl = `http://127.0.0.1:${peerPort}`;
    this.#options = options;
    this.#initial = initial;
    mkdirSync(this.directory, { recursive: true });
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get log(): string {
    return readFileSync(join(this.directory, 'log'), 'utf8');
  }

  /** Starts the process, with the state that it had; waits until its port is open. */
  async start(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.name} runs already`);
    // A killed process leaves its socket, and etcd does not replace it.
    rmSync(join(this.directory, 'client:1'), { force: true });
    const { binary = 'etcd', unix, args = [], tls } = this.#options;
    const clientUrl = unix ? 'unix://client:1' : this.endpoint;
    const certificates =
      tls === undefined
        ? []
        : [
            `--trusted-ca-file=${tls.caFile}`,
            `--cert-file=${tls.certFile}`,
            `--key-file=${tls.keyFile}`,
            '--client-cert-auth',
          ];
    const log = openSync(join(this.directory, 'log'), 'a');
    const child = spawn(
      binary,
      [
        `--name=${this.name}`,
        '--data-dir=data',
        `--listen-client-urls=${clientUrl}`,
        `--advertise-client-urls=${clientUrl}`,
        `--listen-peer-urls=${this.peerUrl}`,
        `--initial-advertise-peer-urls=${this.peerUrl}`,
        `--initial-cluster=${this.#initial()}`,
        '--logger=zap',
        '--log-level=warn',
        ...tuning,
        ...certificates,
        ...args,
      ],
      { cwd: this.directory, stdio: ['ignore', log, log], env: { PATH: process.env.PATH } },
    );
    closeSync(log);
    this.#child = child;
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    running.add(child);
    child.once('exit', () => running.delete(child));
    await waitFor(`${this.name} to listen on ${this.endpoint}`, async () => {
      if (!this.isRunning) throw new Error(`${this.name} ended: ${this.log}`);
      return (await isOpen(this.endpoint)) ? true : undefined;
    });
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await exit;
  }
}

/** A real etcd cluster of one or more members. */
export class EtcdCluster {
  readonly directory: string;
  readonly members: readonly EtcdProcess[];
  readonly #tls: TlsFileNames | undefined;

  constructor(directory: string, members: readonly EtcdProcess[], tls: TlsFileNames | undefined) {
    this.directory = directory;
    this.members = members;
    this.#tls = tls;
  }

  get endpoints(): readonly string[] {
    return this.members.map(({ endpoint }) => endpoint);
  }

  async start(): Promise<void> {
    await Promise.all(this.members.map((member) => member.start()));
    await this.leader();
  }

  /** The member that leads, once all that run agree. */
  async leader(): Promise<EtcdProcess> {
    const client = this.client();
    try {
      return await waitFor('a leader', async () => {
        const up = this.members.filter(({ isRunning }) => isRunning);
        const states = await Promise.all(up.map(({ endpoint }) => client.status(endpoint).catch(() => undefined)));
        const leaders = new Set(states.map((state) => state?.leader ?? '0'));
        const [leader = '0'] = leaders;
        if (leaders.size !== 1 || leader === '0') return undefined;
        return up[states.findIndex((state) => state?.header.member_id === leader)];
      });
    } finally {
      client.close();
    }
  }

  client(): EtcdClient {
    return new EtcdClient({ endpoints: this.endpoints, ...(this.#tls === undefined ? {} : { tls: this.#tls }) });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Starts a cluster. Its members end with this process, whatever its end. */
export async function startEtcd(options: EtcdOptions = {}): Promise<EtcdCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-etcd-'));
  const members: EtcdProcess[] = [];
  const initial = (): string => members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  for (let n = 1; n <= (options.size ?? 1); n += 1) {
    const ports = [await freePort(), await freePort()];
    members.push(new EtcdProcess(`m${n}`, directory, ports, options, initial));
  }
  const cluster = new EtcdCluster(directory, members, options.tls);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.dispose();
    throw error;
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function isOpen(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const at = endpoint.startsWith('unix:')
      ? { path: endpoint.slice('unix:'.length) }
      : { host: '127.0.0.1', port: Number(new URL(endpoint).port) };
    const socket = connect(at);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
