import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from './run.ts';
import { waitFor } from './wait.ts';

/**
 * What makes a machine of this one's files: whatever is written goes into memory (an overlay), it has namespaces of its own,
 * and the system's own systemd starts in it as process 1. /proc/sys and /sys cannot be written, so that no setting of the
 * kernel is touched. `$1` is a folder for it.
 */
const boot = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for one in null zero full random urandom tty; do touch "dev/$one"; mount --bind "/dev/$one" "dev/$one"; done
mkdir dev/shm dev/pts; mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
ip link set lo up
exec env -i container=berth PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --system --unit=basic.target
`;

/** A Debian with systemd as process 1 that has the packages of this one, and nothing of what is done in it stays. */
export class ServiceMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'berth-machine-'));
  #unshare: ChildProcess | undefined;
  #init = 0;

  async start(): Promise<this> {
    const namespaces = ['--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'];
    const child = spawn('unshare', [...namespaces, 'sh', '-c', boot, 'boot', this.#folder], { stdio: 'ignore' });
    this.#unshare = child;
    this.#init = await waitFor('process 1 of the machine', () => {
      const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
      return text === '' ? undefined : Number(text);
    });
    await waitFor('systemd', async () => {
      const { stdout } = await this.run('systemctl', 'is-system-running');
      return /^(running|degraded)$/.test(stdout.trim()) || undefined;
    });
    return this;
  }

  /** A program on the machine, to its end. */
  run(...command: readonly string[]): Promise<Finished> {
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const into = [
      '-t',
      String(this.#init),
      '--mount',
      '--pid',
      '--net',
      '--uts',
      '--ipc',
      '--cgroup',
      '--root',
      '--wd=/',
    ];
    return run('nsenter', [...into, 'env', '-i', path, 'LC_ALL=C.UTF-8', 'HOME=/root', ...command]);
  }

  async must(...command: readonly string[]): Promise<string> {
    const { exit, signal, stdout, stderr } = await this.run(...command);
    if (exit === 0) return stdout;
    throw new Error(`${command.join(' ')} ended with ${exit ?? signal}: ${stderr}${stdout}`);
  }

  /** Puts a file of this machine onto that one. */
  copy(file: string, target: string): void {
    const path = join(`/proc/${this.#init}/root`, target);
    mkdirSync(join(path, '..'), { recursive: true });
    copyFileSync(file, path);
  }

  async stop(): Promise<void> {
    const child = this.#unshare;
    if (this.#init !== 0) process.kill(this.#init, 'SIGKILL');
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('close', resolve));
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
