import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Compiled from native/ by `make build` where there is a compiler. */
const addon = fileURLToPath(new URL('../../build/native/notify.node', import.meta.url));
const variable = 'NOTIFY_SOCKET';

/**
 * How often a supervisor with a watchdog is told that this process turns: half of the time after which it ends a silent
 * one (sd_watchdog_enabled(3)).
 * @returns milliseconds; undefined: no watchdog, or that of another process
 */
export function watchdogPeriod({ WATCHDOG_USEC: usec = '', WATCHDOG_PID: whose }: NodeJS.ProcessEnv, pid: number) {
  if (whose !== undefined && whose !== String(pid)) return undefined;
  return /^[1-9]\d*$/.test(usec) ? Math.max(1, Math.floor(Number(usec) / 2_000)) : undefined;
}

/** Whoever supervises this process as a service (sd_notify(3)), and is told how it is. */
export class ServiceManager {
  readonly #socket: string;
  readonly #watchdogMs: number | undefined;

  /** Children are no service: what they would say is not for the supervisor (an etcd says that it is ready). */
  constructor(env: NodeJS.ProcessEnv) {
    this.#socket = env[variable] ?? '';
    this.#watchdogMs = this.#socket === '' ? undefined : watchdogPeriod(env, process.pid);
    for (const name of [variable, 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  }

  /**
   * From here on the watchdog is fed by the event loop itself: one that hangs in a call or a loop does not come round to it.
   * @param status for people, one line
   */
  serves(status: string): void {
    this.#tell('READY=1', `STATUS=${status}`);
    if (this.#watchdogMs === undefined) return;
    setInterval(() => this.#tell('WATCHDOG=1'), this.#watchdogMs).unref();
  }

  /** @param status for people, one line */
  is(status: string): void {
    this.#tell(`STATUS=${status}`);
  }

  stops(): void {
    this.#tell('STOPPING=1', 'STATUS=stopping');
  }

  /** A supervisor that cannot be told is no reason to end: it finds out by itself. */
  #tell(...lines: readonly string[]): void {
    if (this.#socket === '') return;
    if (existsSync(addon)) {
      try {
        const { notify } = createRequire(import.meta.url)(addon) as { notify(path: string, text: string): void };
        notify(this.#socket, lines.join('\n'));
      } catch (error) {
        process.stderr.write(`${variable}=${this.#socket}: ${(error as Error).message}\n`);
      }
      return;
    }
    const env = { ...process.env, [variable]: this.#socket };
    spawn('systemd-notify', lines, { env, stdio: 'ignore' }).on('error', (error) => {
      process.stderr.write(`systemd-notify: ${error.message}\n`);
    });
  }
}
