import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, referencePlugins } from '../kit/paths.ts';
import { type Finished, must, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { BackgroundProcess } from './background-process.ts';
import { binaries } from './binaries.ts';
import { makeControlGroup, processesInControlGroup } from './cgroups.ts';
import { kubernetesServiceAddress } from './control-plane.ts';
import { type Ground, groundVariable } from './ground.ts';
import type { Network } from './network.ts';
import { containerdConfiguration, containerdSocket, kubeletConfiguration } from './node-configuration.ts';
import { kill, processesBesides } from './processes.ts';

/** Folders that each node has for itself, empty at first; path() says where they are on the machine. */
const privateFolders = [
  '/run',
  '/etc/cni',
  '/opt/cni',
  '/var/lib/berth',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
];

export interface ClusterNodeOptions {
  readonly name: string;
  /** Its place on the switch: the last part of its address. */
  readonly n: number;
  readonly ground: Ground;
  readonly network: Network;
  readonly kubeconfig: string;
  /** Its first network configuration. */
  readonly cni: (node: ClusterNode) => object | string;
  /** Where the API server listens. */
  readonly apiServer: { readonly address: string; readonly port: number };
}

/** One node: a network namespace on the switch, its own view of the file system, containerd and kubelet. */
export class ClusterNode {
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  /** Its folder on the machine. */
  readonly directory: string;
  readonly containerd: BackgroundProcess;
  readonly kubelet: BackgroundProcess;
  readonly #options: ClusterNodeOptions;
  readonly #root: BackgroundProcess;
  #netns = '';

  constructor(options: ClusterNodeOptions) {
    const { name, n, ground } = options;
    this.#options = options;
    this.name = name;
    this.address = ground.address(n);
    this.address6 = ground.address6(n);
    this.directory = join(ground.path, name);
    this.#root = this.#makeRoot();
    this.containerd = this.#makeContainerd();
    this.kubelet = this.#makeKubelet();
  }

  /** Path of its network namespace. */
  get netns(): string {
    return `/run/netns/${this.#netns}`;
  }

  /** Where the machine has a file that the node has at `path`; only for the folders a node has for itself. */
  path(path: string): string {
    const folder = privateFolders.find((one) => path === one || path.startsWith(`${one}/`));
    if (folder === undefined) throw new Error(`${path} is in none of ${privateFolders.join(', ')}`);
    return join(this.directory, 'root', path);
  }

  /** Writes a file of the node, with its folders. */
  writeFile(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  /** Gives the runtime one network configuration in place of all it had; it sees the change by itself. */
  writeCniConfig(config: object | string, name = '10-test.conflist'): void {
    const folder = '/etc/cni/net.d';
    mkdirSync(this.path(folder), { recursive: true });
    for (const other of readdirSync(this.path(folder))) if (other !== name) rmSync(join(this.path(folder), other));
    this.writeFile(join(folder, name), typeof config === 'string' ? config : JSON.stringify(config, undefined, 2));
  }

  /** Copies an executable into the node's CNI folder. */
  installPlugin(file: string, name: string): void {
    const target = join(this.path('/opt/cni/bin'), name);
    rmSync(target, { force: true });
    cpSync(file, target, { dereference: true });
  }

  async start(): Promise<void> {
    const { network, ground, n } = this.#options;
    mkdirSync(this.directory, { recursive: true });
    this.#netns = await network.connect(this.name, n);
    makeControlGroup(`${ground.name}/${this.name}`);
    await this.#root.start();
    await this.#routeToApiServer();
    this.#linkPlugins();
    this.#writeConfiguration();
    // Before kubelet looks: it says that a node is not ready at once, and that it became so ten seconds later.
    this.writeCniConfig(this.#options.cni(this));
    await this.containerd.start();
    await this.importImage(join(ground.path, 'busybox.tar'));
    await this.kubelet.start();
  }

  /** Runs a program with the node's network and files; it must succeed. @returns its standard output */
  exec(...command: string[]): Promise<string> {
    const [program = '', ...args] = this.#inside(command);
    return must(program, args, { env: this.#environment() });
  }

  /** Runs a program with the node's network and files, whatever comes of it. */
  tryExec(...command: string[]): Promise<Finished> {
    const [program = '', ...args] = this.#inside(command);
    return run(program, args, { env: this.#environment() });
  }

  /** A long-running program with the node's network and files; not started yet. */
  background(name: string, command: readonly string[], isReady: () => Promise<boolean>): BackgroundProcess {
    return new BackgroundProcess(this.#options.ground, {
      name: `${this.name}-${name}`,
      command: () => this.#inside(command),
      isReady,
    });
  }

  /** containerd's own client, in the namespace of Kubernetes. */
  ctr(...args: string[]): Promise<string> {
    return this.exec(binaries().path('ctr'), '-a', containerdSocket, '-n', 'k8s.io', ...args);
  }

  /** Loads images from an archive, as writeImage() makes them. */
  async importImage(archive: string): Promise<void> {
    await this.ctr('images', 'import', archive);
  }

  /** As when the power goes: all its processes end at once, and its Pods' interfaces with them. What is on its disk stays. */
  async powerOff(): Promise<void> {
    const { ground } = this.#options;
    await waitFor(`the processes of ${this.name} to end`, () => {
      // Again and again: one that is being killed may just have started another.
      const pids = [...processesBesides(this.#root.pid), ...processesInControlGroup(`${ground.name}/${this.name}`)];
      for (const pid of pids) kill(pid);
      return pids.length === 0 ? true : undefined;
    });
    await this.exec(
      'sh',
      '-c',
      'for file in /run/netns/cni-*; do [ ! -e "$file" ] || { umount "$file"; rm "$file"; }; done',
    );
  }

  /** Its runtime and kubelet come back; whoever started other programs on it starts them again. */
  async powerOn(): Promise<void> {
    await this.containerd.start();
    await this.kubelet.start();
  }

  /** Pulls the node's network cable: kubelet and all Pods on macvlan lose everybody. */
  async cutOff(): Promise<void> {
    await this.#options.network.setPort(this.#options.n, 'down');
  }

  /** Puts the cable back. */
  async heal(): Promise<void> {
    await this.#options.network.setPort(this.#options.n, 'up');
  }

  #inside(command: readonly string[]): string[] {
    return ['nsenter', `--mount=/proc/${this.#root.pid}/ns/mnt`, `--net=${this.netns}`, ...command];
  }

  #environment(): Record<string, string> {
    return { PATH: process.env.PATH ?? '', HOME: '/root', [groundVariable]: this.#options.ground.path };
  }

  /**
   * The one Service that works without kube-proxy: the API server's, from the node itself and through it. There is
   * no masquerading on the way back: the machine knows the switch's addresses only.
   */
  async #routeToApiServer(): Promise<void> {
    const { address, port } = this.#options.apiServer;
    await this.exec('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
    const rule = ['-d', kubernetesServiceAddress, '-p', 'tcp', '--dport', '443', '-j', 'DNAT'];
    for (const chain of ['PREROUTING', 'OUTPUT'])
      await this.exec('iptables', '-t', 'nat', '-A', chain, ...rule, '--to-destination', `${address}:${port}`);
  }

  #linkPlugins(): void {
    const folder = this.path('/opt/cni/bin');
    mkdirSync(folder, { recursive: true });
    for (const plugin of readdirSync(referencePlugins))
      symlinkSync(join(referencePlugins, plugin), join(folder, plugin));
    for (const plugin of ['ipam-plugin', 'ipam-cni', 'kube-ipam'])
      if (existsSync(join(bin, plugin))) this.installPlugin(join(bin, plugin), plugin);
  }

  #writeConfiguration(): void {
    const { ground } = this.#options;
    const resolvConf = join(this.directory, 'resolv.conf');
    writeFileSync(resolvConf, '');
    writeFileSync(join(this.directory, 'containerd.toml'), containerdConfiguration(this.directory));
    const kubelet = kubeletConfiguration({
      address: this.address,
      controlGroup: `${ground.name}/${this.name}`,
      resolvConf,
      minor: binaries().minor,
    });
    writeFileSync(join(this.directory, 'kubelet.json'), JSON.stringify(kubelet, undefined, 2));
  }

  #makeRoot(): BackgroundProcess {
    const script = fileURLToPath(new URL('node-root.sh', import.meta.url));
    return new BackgroundProcess(this.#options.ground, {
      name: `${this.name}-root`,
      command: ['unshare', '--mount', '--propagation', 'private', script, this.directory, ...privateFolders],
      isReady: async () => existsSync(join(this.directory, 'pid')),
    });
  }

  #makeContainerd(): BackgroundProcess {
    const config = join(this.directory, 'containerd.toml');
    return new BackgroundProcess(this.#options.ground, {
      name: `${this.name}-containerd`,
      command: () => this.#inside([binaries().path('containerd'), '--config', config]),
      isReady: async () => (await this.tryExec(binaries().path('ctr'), '-a', containerdSocket, 'version')).exit === 0,
    });
  }

  #makeKubelet(): BackgroundProcess {
    const { minor } = binaries();
    return new BackgroundProcess(this.#options.ground, {
      name: `${this.name}-kubelet`,
      command: () =>
        this.#inside([
          binaries().path('kubelet'),
          `--config=${join(this.directory, 'kubelet.json')}`,
          `--kubeconfig=${this.#options.kubeconfig}`,
          `--hostname-override=${this.name}`,
          `--node-ip=${this.address}`,
          `--container-runtime-endpoint=unix://${containerdSocket}`,
          ...(minor < 27 ? ['--container-runtime=remote'] : []),
        ]),
      isReady: async () =>
        (await this.tryExec('busybox', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:10248/healthz')).exit === 0,
    });
  }
}
