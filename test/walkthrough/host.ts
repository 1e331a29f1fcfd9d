import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from '../kit/paths.ts';
import { type Finished, must, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import type { Place } from './walk.ts';

/** What a reader's lines write to is this machine's own and is gone with it; the checkout is the real one. */
const setUp = `set -e
mount -t tmpfs tmpfs /var/lib
cp -a /etc /var/lib/etc && mount --bind /var/lib/etc /etc
for own in /run /opt /usr/local /var/cache; do mount -t tmpfs tmpfs $own; done
mkdir -p /run/netns /opt/cni/bin /etc/cni/net.d
ip link set lo up
echo ready
exec sleep infinity`;

/** There is no sshd: `ssh HOST LINE` and `scp -r FOLDER HOST:FOLDER` do what it would, for machines of one folder. Processes are the machine's own, all of them. */
const standIns: Readonly<Record<string, string>> = {
  ssh: 'host=$1; shift; exec nsenter --target "$(cat "$WALKTHROUGH/$host.pid")" --mount --net --uts -- sh -c "$*"',
  scp: 'IFS=: read -r host to <<<"$3"; exec cp -r "$2" "/proc/$(cat "$WALKTHROUGH/$host.pid")/root/$to"',
};

/** What succeeds once a program that goes on is ready. */
const answers: Readonly<Record<string, string>> = {
  'ipam-daemon': 'ipam-cli stats',
  prometheus: 'promtool query instant http://localhost:9091 up',
};

export interface HostOptions {
  readonly name: string;
  /** A folder for all machines of one walk-through. */
  readonly folder: string;
  /** Where lines are typed. */
  readonly directory: string;
  /** Is everything installed already? Else the reader does it. */
  readonly isInstalled: boolean;
}

/** A machine of a reader: its own network, host name, /var/lib, /var/cache, /run, /opt, /usr/local and /etc. */
export class Host implements Place {
  readonly name: string;
  readonly #options: HostOptions;
  readonly #logFile: string;
  #holder: ChildProcess | undefined;
  readonly #daemons: ChildProcess[] = [];

  constructor(options: HostOptions) {
    this.name = options.name;
    this.#options = options;
    this.#logFile = join(options.folder, `${options.name}.log`);
  }

  get pid(): number {
    return this.#holder?.pid ?? 0;
  }

  async open(): Promise<this> {
    const { folder } = this.#options;
    const flags = ['--mount', '--net', '--uts', '--propagation', 'private'];
    const holder = spawn('unshare', [...flags, 'bash', '-c', `hostname ${this.name}; ${setUp}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#holder = holder;
    let said = '';
    holder.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await waitFor(`the machine ${this.name}`, () => {
      if (holder.exitCode !== null) throw new Error(`the machine ${this.name} cannot be made`);
      return said.includes('ready') || undefined;
    });
    mkdirSync(join(folder, 'bin'), { recursive: true });
    for (const [name, script] of Object.entries(standIns))
      writeFileSync(join(folder, 'bin', name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    writeFileSync(join(folder, `${this.name}.pid`), String(this.pid));
    return this;
  }

  run(line: string): Promise<Finished> {
    return run('nsenter', [...this.#into(), 'bash', '-ec', line], { env: this.#env() });
  }

  must(line: string): Promise<string> {
    return must('nsenter', [...this.#into(), 'bash', '-ec', line], { env: this.#env() });
  }

  async write(path: string, text: string): Promise<void> {
    await must('nsenter', [...this.#into(), 'tee', path], { env: this.#env(), stdin: text });
  }

  /** @returns what the program logged until it was ready */
  async start(line: string): Promise<string> {
    const log = openSync(this.#logFile, 'a');
    const before = this.#log.length;
    const daemon = spawn('nsenter', [...this.#into(), 'bash', '-ec', `exec ${line}`], {
      env: this.#env(),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#daemons.push(daemon);
    const [program = ''] = line.split(' ');
    await waitFor(`${program} on ${this.name} to be ready`, async () => {
      if (daemon.exitCode !== null) throw new Error(`${program} ended`);
      return (await this.run(answers[program] ?? 'false')).exit === 0 || undefined;
    }).catch((error: Error) => {
      throw new Error(`${line}: ${error.message}: ${this.#log.slice(before).slice(-2_000)}`);
    });
    return this.#log.slice(before);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM');
    this.#holder?.kill('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    for (const daemon of this.#daemons.splice(0)) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill(signal);
      await ended;
    }
  }

  get #log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  #into(): readonly string[] {
    return ['--target', String(this.pid), '--mount', '--net', '--uts', `--wd=${this.#options.directory}`];
  }

  #env(): Record<string, string> {
    const { folder, isInstalled } = this.#options;
    const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const path = [join(folder, 'bin'), ...(isInstalled ? [bin] : []), system].join(':');
    return { PATH: path, HOME: '/root', WALKTHROUGH: folder };
  }
}
