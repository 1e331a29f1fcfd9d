import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process, such that another one with the same number later is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** @returns undefined when there is no such process, or when it is a zombie */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  try {
    // The second field is the name in parentheses, which may itself have spaces and parentheses.
    const [state, ...rest] = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const startTime = rest[18];
    return state === 'Z' || startTime === undefined ? undefined : { pid, startTime };
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return processIdentity(pid)?.startTime === startTime;
}

/** Processes that were started with a variable of exactly this value, and their descendants that kept it. */
export function processesWithVariable(name: string, value: string): number[] {
  const wanted = `${name}=${value}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted);
      } catch {
        // Ended meanwhile, or somebody else's.
        return false;
      }
    })
    .map(Number);
}

/** Processes that see the file systems that another one sees. */
export function processesBesides(pid: number): number[] {
  const namespaceOf = (one: string): string | undefined => {
    try {
      return readlinkSync(`/proc/${one}/ns/mnt`);
    } catch {
      // Ended meanwhile, or somebody else's.
      return undefined;
    }
  };
  const wanted = namespaceOf(String(pid));
  if (wanted === undefined) throw new Error(`there is no process ${pid}`);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && entry !== String(pid) && namespaceOf(entry) === wanted)
    .map(Number);
}

/** Sends SIGKILL; a process that is gone is fine. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
