import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from './paths.ts';
import { type Finished, run } from './run.ts';
import { waitFor } from './wait.ts';

export interface DaemonProcessOptions {
  readonly node?: string;
  readonly clusterCidr?: string;
  readonly args?: readonly string[];
  /** Text of a configuration file. */
  readonly config?: string;
  readonly dataDir?: string;
  /** Name of the network namespace that is the daemon's machine. */
  readonly netns?: string;
  /** By default the ipam-daemon of this checkout. */
  readonly program?: string;
  /** A program that becomes the daemon, with its arguments: what limits it has, say. */
  readonly under?: readonly string[];
  /** Variables beside our own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** For rmSync: an etcd dies a moment after its daemon, and may be making a file just then. */
export const whileEtcdDies = { maxRetries: 20, retryDelay: 50 } as const;
/** Characters of a log that an error quotes. */
const logShown = 3_000;

/** A real ipam-daemon in a folder of its own, with no TCP ports. */
export class DaemonProcess {
  readonly directory: string;
  readonly socket: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly #options: DaemonProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: DaemonProcessOptions = {}) {
    this.#options = options;
    this.directory = mkdtempSync(join(tmpdir(), 'berth-'));
    this.socket = join(this.directory, 'ipam.sock');
    this.dataDir = options.dataDir ?? join(this.directory, 'data');
    this.logFile = join(this.directory, 'log');
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** How the process ended: its exit status or a signal; undefined while it runs. */
  get end(): number | NodeJS.Signals | undefined {
    return this.#child?.exitCode ?? this.#child?.signalCode ?? undefined;
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Starts the process and waits until it serves. */
  async start(ms?: number): Promise<void> {
    this.spawn();
    await this.ready(ms);
  }

  /** @param more arguments of this start only */
  spawn(...more: readonly string[]): void {
    const {
      node = 'node1',
      clusterCidr = '10.244.0.0/16,fd00:10:244::/56',
      args = [],
      env = {},
      netns,
      under = [],
      program = join(bin, 'ipam-daemon'),
    } = this.#options;
    const log = openSync(this.logFile, 'a');
    const cidr = clusterCidr === '' ? [] : ['--cluster-cidr', clusterCidr];
    const config = this.#configFile();
    // It replaces itself by the daemon: the process that we know is the daemon's.
    const inside = netns === undefined ? [] : ['ip', 'netns', 'exec', netns];
    const [executable, ...before] = [...under, ...inside, program];
    this.#child = spawn(
      executable ?? program,
      [
        ...before,
        '--node-id',
        node,
        '--data-dir',
        this.dataDir,
        '--unix-socket',
        this.socket,
        '--grpc-addr',
        '',
        '--metrics-addr',
        '',
        '--log-format',
        'text',
        ...cidr,
        ...config,
        ...args,
        ...more,
      ],
      { stdio: ['ignore', log, log], env: { ...process.env, ...env } },
    );
    closeSync(log);
  }

  #configFile(): readonly string[] {
    const { config } = this.#options;
    if (config === undefined) return [];
    const file = join(this.directory, 'daemon.yaml');
    writeFileSync(file, config);
    return ['--config', file];
  }

  async ready(ms?: number): Promise<void> {
    const serves = async () => {
      if (this.end !== undefined) throw new Error(`ipam-daemon ended with ${this.end}: ${this.log}`);
      return (await httpStatus(this.socket, '/readyz')) === 200 ? true : undefined;
    };
    await waitFor(`ipam-daemon to serve on ${this.socket}`, serves, ms).catch((error: Error) => {
      throw new Error(`${error.message}; the end of its log: ${this.log.slice(-logShown)}`, { cause: error });
    });
  }

  /** Ends the process at once, as a crash would. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Lets the process end in good order. @returns its exit status */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Waits for an end that comes by itself. @returns the exit status */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    return waitFor('ipam-daemon to end', () =>
      child.exitCode === null && child.signalCode === null ? undefined : { code: child.exitCode },
    ).then(({ code }) => code);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the process and removes its folder. */
  async remove(): Promise<void> {
    await this.crash();
    rmSync(this.directory, { recursive: true, force: true, ...whileEtcdDies });
  }

  cli(...args: string[]): Promise<Finished> {
    return run(join(bin, 'ipam-cli'), ['--daemon', this.socket, ...args]);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return exit;
  }
}

/** Status of a GET on a Unix socket; undefined when nobody listens. */
export async function httpStatus(socketPath: string, path: string): Promise<number | undefined> {
  return (await get(socketPath, path))?.status;
}

/** Body of a GET on a Unix socket. @throws when nobody listens */
export async function httpText(socketPath: string, path: string): Promise<string> {
  const answer = await get(socketPath, path);
  if (answer === undefined) throw new Error(`nobody answers at ${socketPath}`);
  return answer.text;
}

function get(socketPath: string, path: string): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
