import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterNode } from './cluster-node.ts';
import type { ClaimObject, Underlay } from './underlay.ts';

/** An interface with an address, made as a runtime makes it: network namespace, macvlan and our executable. */
export interface Attached {
  readonly node: ClusterNode;
  readonly network: string;
  readonly containerId: string;
  readonly netns: string;
  readonly pod: { readonly name: string; readonly uid: string };
  readonly address: string;
}

export interface PodWish {
  readonly name: string;
  /** Metadata beside the name. */
  readonly metadata?: object;
}

const lanes = 4;
const lookMs = 100;
const pods = '/api/v1/namespaces/default/pods';
const folder = '/var/lib/cni/leaks';
const ipam = { type: 'ipam-plugin', daemonSocket: '/run/ipam/ipam.sock' };

/** Attachments of Pods that no scheduler places: the API server has them, no kubelet runs them, and all the rest is real. */
export class LeakYard {
  readonly #underlay: Underlay;
  readonly #written = new Set<string>();
  #next = 0;

  constructor(underlay: Underlay) {
    this.#underlay = underlay;
  }

  /** Makes Pods with an interface each. */
  attach(node: ClusterNode, network: string, wishes: readonly PodWish[]): Promise<readonly Attached[]> {
    return side(wishes, async (wish) => this.attachPod(node, network, await this.pod(wish)));
  }

  /** @returns name and uid of a Pod that stays Pending, until somebody says what became of it */
  async pod({ name, metadata = {} }: PodWish): Promise<Attached['pod']> {
    const { text, status } = await this.#request('POST', pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec: {
        schedulerName: 'nobody',
        automountServiceAccountToken: false,
        containers: [{ name: 'main', image: 'none' }],
      },
    });
    if (status !== 201) throw new Error(text);
    const made = JSON.parse(text) as { readonly metadata: { readonly uid: string } };
    return { name, uid: made.metadata.uid };
  }

  /** One more sandbox for a Pod that is there. */
  async attachPod(node: ClusterNode, network: string, pod: Attached['pod']): Promise<Attached> {
    this.#next += 1;
    const containerId = `leak-${this.#next}`;
    const netns = `/run/netns/cni-${containerId}`;
    const of = { node, network, containerId, netns, pod };
    await node.exec('ip', 'netns', 'add', `cni-${containerId}`);
    const text = await this.#call('ADD', of);
    const result = JSON.parse(text) as { readonly ips: readonly { readonly address: string }[] };
    return { ...of, address: result.ips[0]?.address.split('/')[0] ?? '' };
  }

  async del(attached: Attached): Promise<void> {
    await this.#call('DEL', attached);
  }

  /** CNI GC of a network: of the attachments on this node the runtime knows none. */
  async gc(node: ClusterNode, network: string): Promise<void> {
    const config = { cniVersion: '1.1.0', name: network, type: 'ipam-plugin', ipam, 'cni.dev/valid-attachments': [] };
    node.writeFile(`${folder}/gc.json`, JSON.stringify(config));
    const script = `exec /opt/cni/bin/ipam-plugin <${folder}/gc.json`;
    await node.exec('env', 'CNI_COMMAND=GC', 'CNI_PATH=/opt/cni/bin', 'sh', '-c', script);
  }

  async removeNetns({ node, netns }: Attached): Promise<void> {
    await node.exec('ip', 'netns', 'del', netns.slice('/run/netns/'.length));
  }

  async removeInterface({ node, netns }: Attached): Promise<void> {
    await node.exec('ip', '-n', netns.slice('/run/netns/'.length), 'link', 'del', 'eth0');
  }

  async deletePod({ pod: { name } }: Pick<Attached, 'pod'>): Promise<void> {
    await this.#request('DELETE', `${pods}/${name}?gracePeriodSeconds=0`);
  }

  /** As kubelet says it of a Pod that has ended or was evicted. */
  async finish({ pod: { name } }: Attached, phase: 'Succeeded' | 'Failed'): Promise<void> {
    const path = `${pods}/${name}/status`;
    const { status, text } = await this.#request('PATCH', path, { status: { phase } }, 'application/merge-patch+json');
    if (status !== 200) throw new Error(text);
  }

  /** A claim that an ADD made whose daemon was killed before its record. @returns its address */
  async claim(node: string, address: string): Promise<string> {
    const { status, text } = await this.#request('POST', '/apis/berth.network/v1alpha1/ipclaims', {
      apiVersion: 'berth.network/v1alpha1',
      kind: 'IPClaim',
      metadata: { name: address },
      spec: {
        address,
        pool: 'leaks',
        node,
        daemon: node,
        network: 'leaks',
        containerId: `never-${address}`,
        ifname: 'eth0',
      },
    });
    if (status !== 201) throw new Error(text);
    return address;
  }

  async #call(
    command: 'ADD' | 'DEL',
    { node, network, containerId, netns, pod }: Omit<Attached, 'address'>,
  ): Promise<string> {
    const file = this.#configOf(node, network);
    const args = [
      'IgnoreUnknown=true',
      'K8S_POD_NAMESPACE=default',
      `K8S_POD_NAME=${pod.name}`,
      `K8S_POD_UID=${pod.uid}`,
    ];
    const { exit, stdout, stderr } = await node.tryExec(
      'env',
      `CNI_COMMAND=${command}`,
      `CNI_CONTAINERID=${containerId}`,
      `CNI_NETNS=${netns}`,
      'CNI_IFNAME=eth0',
      `CNI_ARGS=${args.join(';')}`,
      'CNI_PATH=/opt/cni/bin',
      'sh',
      '-c',
      `exec /opt/cni/bin/macvlan <${file}`,
    );
    if (exit !== 0) throw new Error(`${command} of ${containerId} ended with ${exit}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Written once: others may be reading it. */
  #configOf(node: ClusterNode, network: string): string {
    const file = `${folder}/${network}.json`;
    if (this.#written.has(`${node.name} ${network}`)) return file;
    this.#written.add(`${node.name} ${network}`);
    const config = { cniVersion: '1.0.0', name: network, type: 'macvlan', master: 'eth0', mode: 'bridge', ipam };
    node.writeFile(file, JSON.stringify(config));
    return file;
  }

  #request(method: string, path: string, body?: object, type?: string) {
    return this.#underlay.cluster.controlPlane.request(method, path, body, type);
  }
}

/** Some at once, in order. */
export async function side<A, B>(items: readonly A[], act: (item: A) => Promise<B>): Promise<readonly B[]> {
  const done: B[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) done[index] = await act(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
}

/** When addresses came back, as the API server shows its claims. */
export class ClaimLookout {
  readonly #underlay: Underlay;
  readonly #stop = new AbortController();
  readonly #gone = new Map<string, number>();
  #known: ReadonlySet<string> = new Set();
  #looking: Promise<void> = Promise.resolve();

  constructor(underlay: Underlay) {
    this.#underlay = underlay;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }

  /** When an address was seen to have come back, milliseconds since 1970; undefined: somebody has it. */
  goneAt(address: string): number | undefined {
    return this.#gone.get(address);
  }

  isTaken(address: string): boolean {
    return this.#known.has(address);
  }

  async #look(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const claims = await this.#underlay.claims().catch((): readonly ClaimObject[] | undefined => undefined);
      const now = Date.now();
      if (claims !== undefined) {
        const present = new Set(claims.map(({ spec }) => spec.address));
        for (const address of this.#known) if (!present.has(address)) this.#gone.set(address, now);
        // It is somebody else's by now.
        for (const address of present) this.#gone.delete(address);
        this.#known = present;
      }
      await pause(lookMs);
    }
  }
}
