import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../telemetry/log.ts';
import { clientSocketPath } from './etcd-arguments.ts';
import { type EtcdLine, type PeerRejection, parseEtcdLine, rejectionOf, saysRemoved } from './etcd-log.ts';
import { removePid, writePid } from './orphan.ts';

/** First pause before a restart; each further failure doubles it. */
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** One that ran this long did not fail at once. */
const steadyMs = 30_000;
/** etcd hands leadership over when it is asked to end. */
const stopMs = 8_000;

export interface EtcdProcessOptions {
  /** What runs it, and itself. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly dataDir: string;
  readonly log: Log;
  /** Told of connections to the port of consensus that were refused. */
  readonly onRejected: (rejection: PeerRejection) => void;
}

export type ProcessState = 'stopped' | 'running' | 'restarting' | 'removed';

/** An etcd that is kept running until it is stopped. */
export class EtcdProcess {
  readonly #options: EtcdProcessOptions;
  readonly #stop = new AbortController();
  #child: ChildProcess | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #state: ProcessState = 'stopped';
  #complaint = '';
  #isWanted = false;

  constructor(options: EtcdProcessOptions) {
    this.#options = options;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** The last error that it logged before it ended; empty while it runs. */
  get complaint(): string {
    return this.#state === 'running' ? '' : this.#complaint;
  }

  start(): void {
    this.#keeping = this.#keep();
  }

  /** Ends it, and starts it again at once. */
  restart(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return Promise.resolve();
    this.#isWanted = true;
    // As a crash would: asked to end, etcd waits seconds for our own watches, and answers nobody meanwhile.
    child.kill('SIGKILL');
    return new Promise((resolve) => child.once('close', () => resolve()));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const child = this.#child;
    if (child !== undefined) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await this.#keeping;
      clearTimeout(kill);
    }
    await this.#keeping;
    if (this.#state !== 'removed') this.#state = 'stopped';
  }

  async #keep(): Promise<void> {
    const { log, dataDir } = this.#options;
    let pauseMs = firstPauseMs;
    while (!this.#stop.signal.aborted) {
      const begin = Date.now();
      const end = await this.#run();
      removePid(dataDir);
      if (this.#stop.signal.aborted) return;
      if (this.#state === 'removed') {
        log.error({}, 'the cluster has removed this member');
        return;
      }
      this.#state = 'restarting';
      if (this.#isWanted) {
        this.#isWanted = false;
        continue;
      }
      if (Date.now() - begin > steadyMs) pauseMs = firstPauseMs;
      log.error({ end, restartsInMs: pauseMs, complaint: this.#complaint }, 'etcd ended');
      await pause(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  /** @returns how it ended */
  async #run(): Promise<string> {
    const { command, args, dataDir } = this.#options;
    const [program = '', ...before] = command;
    // One that was killed leaves its socket behind, and etcd takes it for another's.
    rmSync(clientSocketPath(dataDir), { force: true });
    const child = privately(() =>
      spawn(program, [...before, ...args], { cwd: dataDir, stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    this.#child = child;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(code === null ? String(signal) : `exit status ${code}`));
    });
    if (child.pid !== undefined) this.#note(child, child.pid);
    // Where no descriptor was left there is none, whatever the type says.
    const stderr: Readable | undefined = child.stderr;
    if (stderr !== undefined) {
      createInterface({ input: stderr }).on('line', (line) => this.#hear(parseEtcdLine(line)));
    }
    const end = await ended;
    this.#child = undefined;
    return end;
  }

  /** One whose number is not on the disk would not be found again when it outlives this process. */
  #note(child: ChildProcess, pid: number): void {
    try {
      writePid(this.#options.dataDir, pid);
      this.#state = 'running';
    } catch (error) {
      this.#complaint = (error as Error).message;
      child.kill('SIGKILL');
    }
  }

  #hear(line: EtcdLine): void {
    if (line.level === 'error') this.#complaint = [line.message, line.fields.error ?? ''].join(' ').trim();
    if (saysRemoved(line)) this.#state = 'removed';
    const rejection = rejectionOf(line);
    if (rejection !== undefined) this.#options.onRejected(rejection);
    this.#options.log[line.level](line.fields, line.message);
  }
}

/** Whatever files and sockets the process makes are for its own user, wherever they are. */
function privately<T>(begin: () => T): T {
  const mask = process.umask(0o077);
  try {
    return begin();
  } finally {
    process.umask(mask);
  }
}
