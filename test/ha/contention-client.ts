import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterMember } from '../kit/member-cluster.ts';
import type { Contention } from './contention.ts';
import type { ContentionResult, ContentionTask } from './contention-process.ts';
import type { Operation } from './operation.ts';

const program = fileURLToPath(new URL('contention-process.ts', import.meta.url));

/** The clients that fight for a few blocks, in a process on a machine of their own. */
export class ContentionClient {
  readonly #file: string;
  readonly #process: ChildProcess;
  #stderr = '';

  constructor(machine: ClusterMember, task: Omit<ContentionTask, 'file'>) {
    this.#file = join(machine.daemon.directory, 'history.json');
    const text = JSON.stringify({ ...task, file: this.#file });
    this.#process = spawn('ip', ['netns', 'exec', machine.namespace.name, process.execPath, program, text], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  /** Ends it in good order. The cluster must be healed. @throws Error when it failed */
  async stop(): Promise<Contention & { readonly history: readonly Operation[] }> {
    const child = this.#process;
    const exit = new Promise<number | null>((resolve) => {
      if (child.exitCode !== null) resolve(child.exitCode);
      else child.once('exit', resolve);
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end();
    const code = await exit;
    if (code !== 0) throw new Error(`the contending clients ended with ${code}: ${this.#stderr}`);
    const { history, ...tally } = JSON.parse(readFileSync(this.#file, 'utf8')) as ContentionResult;
    return {
      ...tally,
      history: history.map((one) => ({ ...one, answeredAt: one.answeredAt ?? Number.POSITIVE_INFINITY })),
    };
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
