import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Compiled from native/ by `make build` where there is a compiler. */
const addon = fileURLToPath(new URL('../../build/native/notify.node', import.meta.url));
const variable = 'NOTIFY_SOCKET';

/** Whoever supervises this process as a service (sd_notify(3)), and is told how it is. */
export class ServiceManager {
  readonly #socket: string;

  /** Children are no service: what they would say is not for the supervisor (an etcd says that it is ready). */
  constructor(env: NodeJS.ProcessEnv) {
    this.#socket = env[variable] ?? '';
    delete env[variable];
  }

  /** @param status for people, one line */
  serves(status: string): void {
    this.#tell('READY=1', `STATUS=${status}`);
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
