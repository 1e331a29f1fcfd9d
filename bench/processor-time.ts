import { readFileSync } from 'node:fs';

/** The system's unit in /proc, milliseconds (USER_HZ is 100 on every Linux of ours). */
const tickMs = 10;

/**
 * Processor time that programs have taken so far, milliseconds. Between two of these it says what a load cost, also on
 * a machine where others work at the same time.
 */
export class ProcessorTime {
  readonly #taken: ReadonlyMap<string, number>;

  /** @param programs their processes by a name for rows; this process stands for the children that it waited for */
  constructor(programs: Readonly<Record<string, readonly number[]>>) {
    const taken = Object.entries(programs).map(
      ([name, pids]) => [name, pids.reduce((sum, pid) => sum + takenBy(pid), 0)] as const,
    );
    this.#taken = new Map([...taken, ['everything on the machine', takenByAll()]]);
  }

  since(before: ProcessorTime): ReadonlyMap<string, number> {
    return new Map([...this.#taken].map(([name, taken]) => [name, taken - (before.#taken.get(name) ?? 0)]));
  }
}

function takenBy(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may have spaces; what follows it starts with the third field.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return (pid === process.pid ? childrenUser + childrenSystem : user + system) * tickMs;
}

function takenByAll(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) * tickMs;
}
