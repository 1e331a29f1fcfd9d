import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../kit/wait.ts';

const root = '/sys/fs/cgroup/memory';

/** A control group with a limit of memory, as a container has one: who passes it is ended by the kernel. */
export class MemoryGroup {
  readonly #directory: string | undefined;

  /** Without control groups of version 1 there is no limit, and only what a process has is looked at. */
  constructor(name: string, limitMiB: number) {
    const directory = join(root, `berth-attack-${process.pid}-${name}`);
    try {
      mkdirSync(directory);
      writeFileSync(join(directory, 'memory.limit_in_bytes'), String(limitMiB * 1024 * 1024));
      this.#directory = directory;
    } catch {
      this.#directory = undefined;
    }
  }

  get isEnforced(): boolean {
    return this.#directory !== undefined;
  }

  /** What stands before a program that is to be in the group. @param descriptors its limit of open files */
  under(descriptors: number): readonly string[] {
    const join = this.#directory === undefined ? '' : `echo $$ >${this.#directory}/cgroup.procs; `;
    return ['sh', '-c', `ulimit -n ${descriptors}; ${join}exec "$@"`, 'sh'];
  }

  /** When its processes have ended. */
  async remove(): Promise<void> {
    const directory = this.#directory;
    if (directory === undefined) return;
    await waitFor('the control group to be empty', () => {
      try {
        rmdirSync(directory);
        return true;
      } catch {
        return undefined;
      }
    });
  }
}

/** Most that a process has had resident, MiB, since `forgetPeak`. */
export function peakMiB(pid: number): number {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** proc(5), clear_refs: 5 begins the peak anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
