import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { GobgpRendered } from '../../src/bgp/gobgp.ts';
import { Namespace } from '../kit/namespace.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { FibOfGobgp } from './fib-of-gobgp.ts';

/** A switch, a node or a Pod: a namespace, and the routing daemons that run in it. */
export class Machine {
  readonly name: string;
  readonly namespace: Namespace;
  readonly directory: string;
  readonly #children: ChildProcess[] = [];
  #fib: FibOfGobgp | undefined;
  #links = 0;

  constructor(name: string, directory: string) {
    this.name = name;
    this.namespace = new Namespace(`bgp-${name}`);
    this.directory = join(directory, name);
  }

  async create(): Promise<this> {
    mkdirSync(this.directory);
    // FRR's daemons run as a user of their own.
    chmodSync(this.directory, 0o777);
    await this.namespace.create();
    const settings = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.conf.all.rp_filter=0'];
    await this.exec(
      'sysctl',
      '-qw',
      ...settings,
      'net.ipv4.conf.default.rp_filter=0',
      'net.ipv4.fib_multipath_hash_policy=1',
    );
    return this;
  }

  exec(...command: string[]): Promise<string> {
    return this.namespace.exec(...command);
  }

  /** The name of its next interface. */
  nextLink(): string {
    this.#links += 1;
    return `eth${this.#links - 1}`;
  }

  /** What the kernel sends to a prefix over: the addresses of the next routers. */
  async nextHops(prefix: string): Promise<readonly string[]> {
    const routes = JSON.parse((await this.exec('ip', '-j', 'route', 'show', prefix)) || '[]') as {
      gateway?: string;
      nexthops?: { gateway?: string }[];
    }[];
    return routes
      .flatMap(({ gateway, nexthops = [] }) => [gateway, ...nexthops.map((hop) => hop.gateway)])
      .filter((one) => one !== undefined)
      .sort();
  }

  /** How many routes the kernel has that a routing daemon learned from others. */
  async learned(protocol: string): Promise<number> {
    const routes = JSON.parse((await this.exec('ip', '-j', 'route', 'show', 'proto', protocol)) || '[]') as {
      type?: string;
    }[];
    return routes.filter(({ type }) => type !== 'unreachable').length;
  }

  /** @param text of its configuration; where it runs already, it takes that up as `configure` does */
  async bird(text: string): Promise<void> {
    this.#write('bird.conf', text);
    if (this.#children.length > 0) return void (await this.birdSays('configure'));
    await this.startBird();
  }

  /** With its file as it is. */
  async startBird(): Promise<void> {
    await must('bird', ['-p', '-c', this.birdFile]);
    this.#start('bird', '-f', '-c', this.birdFile, '-s', this.birdSocket);
    await waitFor('BIRD to answer', () => this.birdSays('show status').catch(() => undefined));
  }

  get birdFile(): string {
    return join(this.directory, 'bird.conf');
  }

  get birdSocket(): string {
    return join(this.directory, 'bird.ctl');
  }

  /** One command over BIRD's control socket. */
  async birdSays(command: string): Promise<string> {
    return must('birdc', ['-s', this.birdSocket, ...command.split(' ')]);
  }

  /** One command of FRR's shell. */
  async frrSays(command: string): Promise<string> {
    return must('vtysh', ['--vty_socket', this.directory, '-c', command]);
  }

  async frr(text: string): Promise<void> {
    for (const daemon of ['zebra', 'staticd', 'bfdd', 'bgpd']) await this.#startFrr(daemon);
    const file = this.#write('frr.conf', text);
    await must('vtysh', ['-C', '-f', file]);
    await must('vtysh', ['--vty_socket', this.directory, '-f', file]);
  }

  /**
   * Debian's GoBGP has its routes put into the kernel by zebra, and ends with a panic on what Debian's zebra tells it: `FibOfGobgp`
   * stands in.
   */
  async gobgp({ config, commands }: GobgpRendered): Promise<void> {
    const file = this.#write('gobgp.yaml', stringify(config));
    await must('gobgpd', ['-d', '-t', 'yaml', '-f', file]);
    this.#start('gobgpd', '-t', 'yaml', '-f', file, '--pprof-disable');
    await waitFor('GoBGP to answer', () => this.exec('gobgp', 'neighbor').catch(() => undefined));
    for (const command of commands) await this.exec(...command.split(' '));
    this.#fib = new FibOfGobgp(this.namespace);
  }

  /** The power is cut: nothing runs on. */
  async kill(): Promise<void> {
    await this.#fib?.stop();
    for (const child of this.#children.splice(0)) await ended(child, 'SIGKILL');
  }

  async remove(): Promise<void> {
    await this.#fib?.stop();
    for (const child of this.#children.splice(0).reverse()) await ended(child, 'SIGTERM');
    await this.namespace.delete();
  }

  async #startFrr(daemon: string): Promise<void> {
    const socket = join(this.directory, `${daemon}.vty`);
    const zebra = ['-z', join(this.directory, 'zserv.api')];
    const own = ['-f', this.#write(`${daemon}.conf`, ''), '-i', join(this.directory, `${daemon}.pid`)];
    this.#start(
      `/usr/lib/frr/${daemon}`,
      ...own,
      ...zebra,
      '--vty_socket',
      this.directory,
      '-P',
      '0',
      '-u',
      'frr',
      '-g',
      'frr',
    );
    await waitFor(`${daemon} to answer`, () => isOpen(socket));
  }

  #start(program: string, ...args: string[]): void {
    const child = spawn('ip', ['netns', 'exec', this.namespace.name, program, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (text: Buffer) => {
      if (process.env.BERTH_TEST_VERBOSE !== undefined) process.stderr.write(`[${this.name}] ${text}`);
    });
    this.#children.push(child);
  }

  #write(name: string, text: string): string {
    const file = join(this.directory, name);
    writeFileSync(file, text, { mode: 0o644 });
    return file;
  }
}

/** Machines and what connects them, on this machine alone. */
export class Lab {
  readonly directory = mkdtempSync(join(tmpdir(), 'berth-bgp-'));
  readonly #machines: Machine[] = [];

  constructor() {
    chmodSync(this.directory, 0o755);
  }

  async machine(name: string): Promise<Machine> {
    const machine = new Machine(name, this.directory);
    this.#machines.push(machine);
    return machine.create();
  }

  /** A cable between two machines. @param ends each with its address and length */
  async cable(...ends: readonly (readonly [Machine, string])[]): Promise<readonly string[]> {
    const [[a, ownA], [b, ownB]] = ends as readonly [readonly [Machine, string], readonly [Machine, string]];
    const [linkA, linkB] = [a.nextLink(), b.nextLink()];
    const peer = ['peer', 'name', linkB, 'netns', b.namespace.name];
    await must('ip', ['link', 'add', linkA, 'netns', a.namespace.name, 'type', 'veth', ...peer]);
    for (const [machine, link, address] of [
      [a, linkA, ownA],
      [b, linkB, ownB],
    ] as const) {
      if (address !== '')
        await machine.exec('ip', 'addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []));
      await machine.exec('ip', 'link', 'set', link, 'up');
    }
    return [linkA, linkB];
  }

  /** A TOR: a switch of layer 2. @param ends each with its address on the segment */
  async tor(name: string, ends: readonly (readonly [Machine, string])[]): Promise<void> {
    const tor = await this.machine(name);
    await tor.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    await tor.exec('ip', 'link', 'set', 'br0', 'up');
    for (const end of ends) {
      const [port = ''] = await this.cable([tor, ''], end);
      await tor.exec('ip', 'link', 'set', port, 'master', 'br0');
    }
  }

  async remove(): Promise<void> {
    for (const machine of this.#machines) await machine.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function isOpen(path: string): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
