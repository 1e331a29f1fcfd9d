import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { bin, root } from '../kit/paths.ts';
import { type Finished, must, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

/** What a recipe writes to is this machine's own and is gone with it; programs and the checkout are the real ones. */
const setUp = `set -e
mount -t tmpfs tmpfs /var/lib
cp -a /etc /var/lib/etc && mount --bind /var/lib/etc /etc
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /opt
mkdir -p /run/netns /opt/cni/bin /etc/cni/net.d /var/lib/ipam
cp ${bin}/ipam-plugin ${bin}/ipam-cni /opt/cni/bin/
ip link set lo up
echo ready
exec sleep infinity`;

/** A machine for recipes: its own network, host name, /var/lib, /run, /opt and /etc. */
export class Host {
  readonly name: string;
  readonly #logFile: string;
  #holder: ChildProcess | undefined;
  readonly #daemons: ChildProcess[] = [];

  constructor(name: string, logFile: string) {
    this.name = name;
    this.#logFile = logFile;
  }

  get pid(): number {
    return this.#holder?.pid ?? 0;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async open(): Promise<this> {
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
    return this;
  }

  /** Runs a line as its user would, in the checkout. */
  run(line: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return run('nsenter', [...this.#into(), 'bash', '-ec', line], { env: this.#env(env) });
  }

  must(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    return must('nsenter', [...this.#into(), 'bash', '-ec', line], { env: this.#env(env) });
  }

  /** Starts what goes on, as a service does. */
  start(line: string): void {
    const log = openSync(this.#logFile, 'a');
    this.#daemons.push(
      spawn('nsenter', [...this.#into(), 'bash', '-ec', `exec ${line}`], {
        env: this.#env({}),
        stdio: ['ignore', log, log],
      }),
    );
    closeSync(log);
  }

  async ready(): Promise<void> {
    await waitFor(`ipam-daemon on ${this.name} to be ready`, async () => {
      if (this.#daemons.some(({ exitCode }) => exitCode !== null))
        throw new Error(`ipam-daemon on ${this.name} ended: ${this.log}`);
      return (await this.run('ipam-cli stats')).exit === 0 || undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${this.log.slice(-2_000)}`);
    });
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await ended;
    }
    this.#holder?.kill('SIGKILL');
  }

  #into(): readonly string[] {
    return ['--target', String(this.pid), '--mount', '--net', '--uts', `--wd=${root}`];
  }

  #env(more: Readonly<Record<string, string>>): Record<string, string> {
    return { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: '/root', ...more };
  }
}
