import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Namespace } from './namespace.ts';

const program = fileURLToPath(new URL('./relay-main.ts', import.meta.url));

/** Lets a test connect from within a namespace: TCP there, a Unix socket of the same name here. */
export class Relay {
  readonly #folder = mkdtempSync(join(tmpdir(), 'berth-relay-'));
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;

  /** @param targets `host:port`, each */
  constructor(namespace: Namespace, targets: readonly string[]) {
    const command = ['ip', 'netns', 'exec', namespace.name, process.execPath, program, this.#folder, ...targets];
    const [executable = '', ...args] = command;
    this.#child = spawn(executable, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#ready = new Promise((resolve, reject) => {
      this.#child.stdout?.once('data', resolve);
      this.#child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
    });
  }

  /** A connection that is open here; there it may be refused, and then ends. */
  async connect(target: string): Promise<Socket> {
    await this.#ready;
    const socket = connect(join(this.#folder, target));
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  }

  async close(): Promise<void> {
    await this.#ready;
    const end = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await end;
    rmSync(this.#folder, { recursive: true });
  }
}
