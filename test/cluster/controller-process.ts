import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../kit/free-port.ts';
import { bin } from '../kit/paths.ts';
import { waitFor } from '../kit/wait.ts';

export interface ControllerProcessOptions {
  readonly kubeconfig: string;
  readonly args?: readonly string[];
  /** Where health and metrics are served; by default on the loopback address alone. */
  readonly host?: string;
  /** A program that becomes the controller, with its arguments. */
  readonly under?: readonly string[];
  /** Variables beside our own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Two cores may be shared by a whole run of tests. */
const usualStartMs = 120_000;
/** Characters of a log that an error quotes. */
const logShown = 3_000;
/** It lets nobody in who asks more than twenty times a second. */
const askEveryMs = 100;

/** A real ipam-controller, with a port for its metrics. */
export class ControllerProcess {
  readonly #options: ControllerProcessOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'berth-'));
  readonly #logFile = join(this.#directory, 'log');
  #port = 0;
  #child: ChildProcess | undefined;

  constructor(options: ControllerProcessOptions) {
    this.#options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** How the process ended; undefined while it runs. */
  get end(): number | NodeJS.Signals | undefined {
    return this.#child?.exitCode ?? this.#child?.signalCode ?? undefined;
  }

  /** Of health and metrics. */
  get port(): number {
    return this.#port;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** Starts the process and waits until it is ready; it may not lead yet. @param ms at most so long */
  async start(ms = usualStartMs): Promise<void> {
    const { kubeconfig, args = [], env = {}, host = '127.0.0.1', under = [] } = this.#options;
    this.#port = await freePort();
    const log = openSync(this.#logFile, 'a');
    const address = `${host}:${this.#port}`;
    const program = join(bin, 'ipam-controller');
    const [executable, ...before] = [...under, program];
    this.#child = spawn(
      executable ?? program,
      [
        ...before,
        ...['--kubeconfig', kubeconfig, '--namespace', 'berth-system', '--metrics-addr', address],
        // A test that wants the webhook says where.
        ...['--webhook-addr', ''],
        ...args,
      ],
      { stdio: ['ignore', log, log], env: { ...process.env, ...env } },
    );
    closeSync(log);
    const isReady = async (): Promise<true | undefined> => {
      if (this.end !== undefined) throw new Error(`ipam-controller ended with ${this.end}: ${this.log}`);
      return (await this.#get('/readyz'))?.ok === true || undefined;
    };
    await waitFor('ipam-controller to be ready', isReady, ms, askEveryMs).catch((error: Error) => {
      throw new Error(`${error.message}; its log: ${this.log.slice(-logShown)}`, { cause: error });
    });
  }

  /** All metrics as text; empty when it does not answer. */
  async metrics(): Promise<string> {
    const answer = await waitFor('metrics', () => this.#get('/metrics'), 3_000, askEveryMs).catch(() => undefined);
    return (await answer?.text()) ?? '';
  }

  /** The sum of a metric's samples whose labels include these; 0 when there are none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const text = await this.metrics();
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => wanted.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async leads(): Promise<boolean> {
    return (await this.metric('ipam_controller_leader')) === 1;
  }

  /** Ends the process at once, as a crash would. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Lets the process end in good order. @returns its exit status */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Ends the process and removes its folder. */
  async remove(): Promise<void> {
    await this.crash();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #get(path: string): Promise<Response | undefined> {
    const host = this.#options.host === '0.0.0.0' ? '127.0.0.1' : (this.#options.host ?? '127.0.0.1');
    return fetch(`http://${host}:${this.#port}${path}`).catch(() => undefined);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return exit;
  }
}
