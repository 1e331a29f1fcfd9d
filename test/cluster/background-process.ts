import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../kit/wait.ts';
import { type Ground, groundVariable } from './ground.ts';

export interface BackgroundProcessOptions {
  readonly name: string;
  /** Program and arguments; a function is asked at each start. */
  readonly command: readonly string[] | (() => readonly string[]);
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it serves; start() returns when it does. */
  readonly isReady: () => Promise<boolean>;
}

/** A long-running program of a cluster, with a log file. It outlives us when we crash, and is found by its ground then. */
export class BackgroundProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #ground: Ground;
  readonly #options: BackgroundProcessOptions;
  #child: ChildProcess | undefined;

  constructor(ground: Ground, options: BackgroundProcessOptions) {
    this.name = options.name;
    this.logFile = join(ground.path, `${options.name}.log`);
    this.#ground = ground;
    this.#options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Starts the program and waits until it serves; also after crash() or stop(). @throws with the log when it ends */
  async start(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.name} runs already`);
    const log = openSync(this.logFile, 'a');
    const { command } = this.#options;
    const [program = '', ...args] = typeof command === 'function' ? command() : command;
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      // Its own process group: an interrupt at the terminal is for us, and we end it in good order.
      detached: true,
      env: { PATH: process.env.PATH, ...this.#options.env, [groundVariable]: this.#ground.path },
    });
    closeSync(log);
    this.#child = child;
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    await waitFor(
      `${this.name} to serve (log: ${this.logFile})`,
      async () => {
        if (!this.isRunning) throw new Error(`${this.name} ended: ${this.log.slice(-4000)}`);
        return (await this.#options.isReady()) ? true : undefined;
      },
      120_000,
      50,
    );
  }

  /** Ends the program at once, as a crash would. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Lets the program end in good order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    child.ref();
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exit;
  }
}
