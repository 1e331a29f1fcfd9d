import { join } from 'node:path';
import { httpStatus } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { must } from '../kit/run.ts';
import type { BackgroundProcess } from './background-process.ts';
import type { ClusterNode } from './cluster-node.ts';

/** Where a node has the daemon's socket when its network configuration does not say. */
const socket = '/run/ipam/ipam.sock';
const configFile = '/var/lib/berth/daemon.yaml';

/** What `ipam-cli addresses -o json` shows of one interface, as far as tests look. */
export interface HeldInterface {
  readonly network: string;
  readonly container_id: string;
  readonly ifname: string;
  readonly netns: string;
  readonly pod_namespace: string;
  readonly pod_name: string;
  readonly addresses: readonly { readonly ip: string; readonly pool: string }[];
}

/** An ipam-daemon that runs on a node: whoever cuts off the node cuts off the daemon. */
export class NodeDaemon {
  readonly node: ClusterNode;
  readonly process: BackgroundProcess;

  /** @param kubeconfig of the daemon's own service account */
  constructor(node: ClusterNode, kubeconfig: string, config: object = {}) {
    this.node = node;
    this.configure(config);
    const command = [
      join(bin, 'ipam-daemon'),
      ...['--config', configFile],
      ...['--node-id', node.name],
      ...['--data-dir', '/var/lib/berth/ipam'],
      ...['--store-engine', 'kubernetes'],
      ...['--kubeconfig', kubeconfig],
      ...['--unix-socket', socket],
      ...['--grpc-addr', '', '--metrics-addr', ''],
      ...['--log-format', 'text'],
    ];
    this.process = node.background('ipam-daemon', command, async () => (await this.#status('/readyz')) === 200);
  }

  /** Its socket as the machine sees it: reached also while the node is cut off. */
  get socket(): string {
    return this.node.path(socket);
  }

  /** What is in its configuration file from its next start on. */
  configure(config: object): void {
    this.node.writeFile(configFile, JSON.stringify(config));
  }

  cli(...args: string[]): Promise<string> {
    return must(join(bin, 'ipam-cli'), ['--daemon', this.socket, ...args]);
  }

  /** Who holds what on this node, by the daemon's own record. */
  async addresses(): Promise<readonly HeldInterface[]> {
    return JSON.parse(await this.cli('addresses', '--local', '-o', 'json')) as HeldInterface[];
  }

  #status(path: string): Promise<number | undefined> {
    return httpStatus(this.socket, path);
  }
}
