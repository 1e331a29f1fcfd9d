import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { bin } from '../kit/paths.ts';
import { waitFor } from '../kit/wait.ts';
import type { Sandbox } from './attach.ts';
import { Cluster, type ClusterNodeSpecification } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import { install } from './installed.ts';
import { interfacesOf, type LiveAddress, titleOf } from './live-interfaces.ts';
import { type HeldInterface, NodeDaemon } from './node-daemon.ts';
import { hasCondition, type Pod } from './pod.ts';

export interface UnderlayOptions {
  readonly nodes?: readonly ClusterNodeSpecification[];
  /** The `ipam` section of a node's network configuration. */
  readonly ipam: (node: ClusterNode) => object;
  /** The daemons' configuration file. */
  readonly daemon?: object;
}

/** An address that is taken, as the API server has it. */
export interface ClaimObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly address: string;
    readonly pool: string;
    readonly node: string;
    readonly network: string;
    readonly ifname: string;
    readonly containerId: string;
    readonly podName?: string;
    readonly podUid?: string;
    readonly parkedAt?: string;
  };
}

const conditionMs = 120_000;
const pollMs = 200;
/** What the daemons said last, of each, characters. */
const logShown = 12_000;

/** The underlay of a data centre in small: macvlan Pods in the nodes' own segment, with addresses of ours. */
export class Underlay {
  readonly cluster: Cluster;
  readonly #daemonConfig: object;
  #daemons: readonly NodeDaemon[] = [];

  constructor({ nodes, ipam, daemon = {} }: UnderlayOptions) {
    this.cluster = new Cluster({
      ...(nodes === undefined ? {} : { nodes }),
      cni: (node) => ({
        cniVersion: '1.0.0',
        name: 'underlay',
        plugins: [{ type: 'macvlan', master: 'eth0', mode: 'bridge', ipam: ipam(node) }],
      }),
    });
    this.#daemonConfig = daemon;
  }

  /** The nodes' own subnets, IPv4 and IPv6. */
  get subnets(): readonly [subnet: string, subnet6: string] {
    const { ground } = this.cluster;
    return [`${ground.address(0)}/24`, `${ground.address6(0)}/64`];
  }

  /** Addresses of the IPv4 subnet, both ends included. */
  range(first: number, last: number): string {
    const { ground } = this.cluster;
    return `${ground.address(first)}-${ground.address(last)}`;
  }

  /** Starts the cluster, with our kinds, roles, and a daemon on each node. */
  async start(): Promise<void> {
    const { cluster } = this;
    await cluster.start();
    await install(cluster.controlPlane);
    const kubeconfig = await cluster.controlPlane.kubeconfigFor('berth-system/ipam-daemon');
    this.#daemons = cluster.nodes.map((node) => {
      node.installPlugin(join(bin, 'ipam-plugin'), 'spiderpool');
      return new NodeDaemon(node, kubeconfig, this.#daemonConfig);
    });
    await Promise.all(this.#daemons.map(({ process }) => process.start()));
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  get daemons(): readonly NodeDaemon[] {
    return this.#daemons;
  }

  daemon(node: string): NodeDaemon {
    const daemon = this.#daemons.find((one) => one.node.name === node);
    if (daemon === undefined) throw new Error(`no daemon on ${node}`);
    return daemon;
  }

  /** Pods of a namespace, or those that a label selects; but those that are being deleted, which kubelet may keep in sight for a minute. */
  async pods(selector = '', namespace = 'default'): Promise<readonly Pod[]> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
    const { items } = (await this.cluster.controlPlane.get<{ items: readonly Pod[] }>(path)) ?? { items: [] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Waits until so many Pods are there, and all of them are ready. */
  async podsReady(selector: string, count: number, namespace = 'default', ms = conditionMs): Promise<readonly Pod[]> {
    let last: readonly Pod[] = [];
    const ready = async (): Promise<readonly Pod[] | undefined> => {
      last = await this.pods(selector, namespace);
      return last.length === count && last.every((pod) => hasCondition(pod, 'Ready')) ? last : undefined;
    };
    try {
      return await waitFor(`${count} Pods ${selector} to be ready`, ready, ms, pollMs);
    } catch (error) {
      const seen = last.map((pod) => `${pod.metadata.name} ${pod.status.phase} ${pod.status.podIP ?? ''}`).join('\n');
      throw new Error(`${error}\n${seen}\n${await this.cluster.events(namespace)}`);
    }
  }

  /**
   * Waits until a Pod's Events say this: the first may be about a pool that its daemon has not heard of yet.
   * @returns the message
   */
  async refusal(selector: string, says: string | RegExp, namespace = 'default'): Promise<string> {
    const isMeant = (message: string): boolean =>
      typeof says === 'string' ? message.includes(says) : says.test(message);
    return waitFor(
      `an Event FailedIPAllocation on a Pod ${selector} that says ${says}`,
      async () => {
        const uids = (await this.pods(selector, namespace)).map(({ metadata }) => metadata.uid);
        const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=reason=FailedIPAllocation`;
        const events = await this.cluster.controlPlane.get<{
          items: readonly { readonly message: string; readonly involvedObject: { readonly uid: string } }[];
        }>(path);
        return events?.items.find(({ involvedObject: { uid }, message }) => uids.includes(uid) && isMeant(message))
          ?.message;
      },
      conditionMs,
      pollMs,
    );
  }

  /** The sandbox of a running Pod, from the record of the daemon on its node. */
  async sandbox(pod: Pod): Promise<Sandbox> {
    const daemon = this.daemon(pod.spec.nodeName ?? '');
    const { namespace, name } = pod.metadata;
    const held = (await daemon.addresses()).find((one) => one.pod_namespace === namespace && one.pod_name === name);
    if (held === undefined) throw new Error(`${namespace}/${name} holds nothing on ${daemon.node.name}`);
    return { node: daemon.node, pod, containerId: held.container_id, netns: held.netns };
  }

  async claims(): Promise<readonly ClaimObject[]> {
    const list = await this.cluster.controlPlane.get<{ items: readonly ClaimObject[] }>(
      '/apis/berth.network/v1alpha1/ipclaims',
    );
    return list?.items ?? [];
  }

  /** Addresses that a Pod has claimed, of one interface or of all. */
  async claimedBy({ metadata: { uid } }: Pod, ifname?: string): Promise<readonly string[]> {
    return (await this.claims())
      .filter(({ spec }) => spec.podUid === uid && (ifname === undefined || spec.ifname === ifname))
      .map(({ spec }) => spec.address);
  }

  /** What the kernel has in the network namespaces of a node's Pods, but for loopback and link-local addresses. */
  async kernelAddresses(node: ClusterNode): Promise<readonly string[]> {
    return (await interfacesOf(node)).map(({ address }) => address);
  }

  /** All that any daemon holds on record, with the node. */
  async held(): Promise<readonly (HeldInterface & { readonly node: string })[]> {
    const all = await Promise.all(
      this.#daemons.map(async (daemon) =>
        (await daemon.addresses()).map((one) => ({ ...one, node: daemon.node.name })),
      ),
    );
    return all.flat();
  }

  /**
   * Waits until claims, the daemons' records and the kernels of all nodes tell the same addresses, so many of them.
   * @throws when one of them is there twice
   */
  async settled(count: number, ms = conditionMs): Promise<void> {
    let last: Readonly<Record<string, readonly string[]>> = {};
    const agree = async (): Promise<readonly string[] | undefined> => {
      const [claims, held, kernel] = await Promise.all([this.claims(), this.held(), this.#inKernels()]);
      const claimed = claims.map(({ spec }) => `${spec.node} ${spec.address}`).sort();
      const recorded = held.flatMap(({ node, addresses }) => addresses.map(({ ip }) => `${node} ${ip}`)).sort();
      last = { claimed, recorded, kernel };
      const isAgreed = isDeepStrictEqual(claimed, recorded) && isDeepStrictEqual(claimed, kernel);
      return isAgreed && claimed.length === count ? claimed : undefined;
    };
    const found = await waitFor(`claims, records and kernels to agree on ${count} addresses`, agree, ms, pollMs).catch(
      (error: unknown) => {
        const logs = this.#daemons.map(({ node, process }) => `${node.name}:\n${process.log.slice(-logShown)}`);
        throw new Error(`${error}\n${JSON.stringify(last, undefined, 1)}\n${logs.join('\n')}`);
      },
    );
    const addresses = found.map((line) => line.split(' ')[1]);
    if (new Set(addresses).size !== addresses.length) throw new Error(`an address is there twice: ${found.join(', ')}`);
  }

  /** Addresses that two namespaces have at one moment, with these. */
  async duplicates(): Promise<readonly string[]> {
    const look = async (): Promise<readonly LiveAddress[]> =>
      (await Promise.all(this.cluster.nodes.map(interfacesOf))).flat();
    const first = await look();
    const twice = first.filter(({ address }) => first.filter((one) => one.address === address).length > 1);
    if (twice.length === 0) return [];
    // A look takes a while, and an address may move meanwhile. Who was seen to have it before the last one was and has it still, had it then.
    const still = new Set((await look()).map(titleOf));
    const both = [...Map.groupBy(twice, ({ address }) => address).values()].filter(
      (those) => those.filter((one) => still.has(titleOf(one))).length > 1,
    );
    return both.map((those) => those.map(titleOf).join(' and '));
  }

  async #inKernels(): Promise<readonly string[]> {
    const all = await Promise.all(
      this.cluster.nodes.map(async (node) => (await this.kernelAddresses(node)).map((one) => `${node.name} ${one}`)),
    );
    return all.flat().sort();
  }
}

/** An annotation that asks for pools: a list is one entry an interface. */
export function asks(pools: object): Readonly<Record<string, string>> {
  return { [`ipam.spidernet.io/ippool${Array.isArray(pools) ? 's' : ''}`]: JSON.stringify(pools) };
}

/** A pool of addresses. */
export function pool(name: string, spec: object): object {
  return { apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec };
}
