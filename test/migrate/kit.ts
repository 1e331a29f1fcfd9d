import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type CniOutput, cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { type Finished, run } from '../kit/run.ts';

const netns = '/var/run/netns/none';

/** A container's interface as its runtime attaches it: through the real executable. */
export interface Attached {
  readonly containerId: string;
  readonly network: string;
  readonly addresses: readonly string[];
}

/** What a network's `ipam` section says beside the daemon's socket. */
export type Networks = Readonly<Record<string, object>>;

export class Runtime {
  readonly #socket: string;
  readonly #networks: Networks;

  readonly #namesPods: boolean;

  /** @param namesPods as kubelet does; on a cluster the Pods have to be there */
  constructor(socket: string, networks: Networks, namesPods = false) {
    this.#namesPods = namesPods;
    this.#socket = socket;
    this.#networks = networks;
  }

  #call(network: string, containerId: string, command: string) {
    const ipam = { type: 'ipam-plugin', daemonSocket: this.#socket, ...this.#networks[network] };
    const config = { cniVersion: '1.0.0', name: network, type: 'ptp', ipam };
    const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${containerId}`;
    return cni('ipam-plugin', config, { command, containerId, netns, ...(this.#namesPods ? { args } : {}) });
  }

  /** @returns undefined when it was refused */
  async tryAdd(network: string, containerId: string): Promise<Attached | undefined> {
    const { exit, json } = await this.#call(network, containerId, 'ADD');
    return exit === 0 ? { containerId, network, addresses: addressesOf(json) } : undefined;
  }

  async add(network: string, containerId: string): Promise<Attached> {
    const { exit, json, stdout } = await this.#call(network, containerId, 'ADD');
    if (exit !== 0) throw new Error(`ADD of ${containerId}: ${stdout}`);
    return { containerId, network, addresses: addressesOf(json) };
  }

  async del({ network, containerId }: Attached): Promise<void> {
    const { exit, stdout } = await this.#call(network, containerId, 'DEL');
    if (exit !== 0) throw new Error(`DEL of ${containerId}: ${stdout}`);
  }
}

function addressesOf({ ips = [] }: CniOutput): readonly string[] {
  return ips.map(({ address }) => address);
}

/** Who holds what, as the daemon says: the address with its container. */
export async function holdings(daemon: DaemonProcess): Promise<readonly string[]> {
  const { exit, stdout, stderr } = await daemon.cli('addresses', '--local', '-o', 'json');
  if (exit !== 0) throw new Error(stderr);
  const all = JSON.parse(stdout) as { container_id: string; addresses: { cidr: string }[] }[];
  return all.flatMap(({ container_id, addresses }) => addresses.map(({ cidr }) => `${cidr} ${container_id}`)).sort();
}

/** The same daemon, on the API server. */
export function onKubernetes(former: DaemonProcess, node: string, kubeconfig: string): DaemonProcess {
  return new DaemonProcess({
    node,
    dataDir: former.dataDir,
    clusterCidr: '',
    args: ['--store-engine', 'kubernetes', '--kubeconfig', kubeconfig],
  });
}

/** The same daemon, on an etcd. */
export function onEtcd(former: DaemonProcess, node: string, endpoints: readonly string[]): DaemonProcess {
  return new DaemonProcess({
    node,
    dataDir: former.dataDir,
    clusterCidr: '',
    args: ['--store-engine', 'etcd', '--etcd-endpoints', endpoints.join(',')],
  });
}

export function migrate(from: string, to: string, ...more: string[]): Promise<Finished> {
  return run(join(bin, 'ipam-cli'), ['migrate', '--from', from, '--to', to, ...more]);
}

/** Runs a migration and kills it after a while. @returns its exit status; undefined: it was killed before its end */
export function migrateAndKill(
  from: string,
  to: string,
  afterMs: number,
  ...more: string[]
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(bin, 'ipam-cli'), ['migrate', '--from', from, '--to', to, ...more], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code ?? undefined);
    });
  });
}
