import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binaries } from '../cluster/binaries.ts';
import { Cluster } from '../cluster/cluster.ts';
import type { ClusterNode } from '../cluster/cluster-node.ts';
import { busyboxImage } from '../cluster/image.ts';
import { containerdSocket } from '../cluster/node-configuration.ts';
import { root } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { cilium, kubeVirt, multus, openKruise, type StandIn } from './stand-ins.ts';
import { stepsOf } from './steps.ts';
import { type Audience, type Place, takeAll, type World, walk } from './walk.ts';

const configurations = '/etc/cni/net.d';

/** A guide for somebody who has a cluster of Kubernetes. */
interface Guide {
  readonly page: string;
  /** Does it begin where kubernetes.md has installed? */
  readonly takesInstallation: boolean;
  /** Software of others that it takes for granted. */
  readonly standIns: readonly StandIn[];
}

const installation = { walk: 'kubernetes', page: 'docs/kubernetes.md' } as const;

const guides = {
  kubernetes: { page: installation.page, takesInstallation: false, standIns: [] },
  'kube-ipam': { page: 'docs/kube-ipam.md', takesInstallation: false, standIns: [] },
  statefulset: { page: 'docs/statefulset.md', takesInstallation: true, standIns: [] },
  subnet: { page: 'docs/spider-subnet.md', takesInstallation: true, standIns: [multus] },
  operator: { page: 'docs/operator.md', takesInstallation: true, standIns: [openKruise] },
  kubevirt: { page: 'docs/kubevirt.md', takesInstallation: true, standIns: [kubeVirt] },
  'cilium-delegated': { page: 'docs/cilium-delegated.md', takesInstallation: true, standIns: [cilium] },
} satisfies Readonly<Record<string, Guide>>;

export type KubernetesWalk = keyof typeof guides;

/** From `kubectl apply -k` to Pods on two nodes, on a cluster of its own. */
export async function walkKubernetes(name: KubernetesWalk, audience: Audience): Promise<void> {
  const cluster = new Cluster();
  try {
    audience.say('-- starting a control plane and two nodes (half a minute)\n');
    await cluster.start();
    await clearNodes(cluster);
    if (guides[name].takesInstallation) await installOn(cluster, audience);
    await walkOn(name, cluster, audience);
  } finally {
    await cluster.stop();
  }
}

/** A test cluster brings executables of ours and a network; a reader's has neither, and pulls images from where they are. */
export async function clearNodes(cluster: Cluster): Promise<void> {
  for (const node of cluster.nodes) {
    for (const name of ['ipam-plugin', 'ipam-cni', 'spiderpool', 'kube-ipam'])
      rmSync(join(node.path('/opt/cni/bin'), name), { force: true });
    for (const file of readdirSync(node.path(configurations))) rmSync(join(node.path(configurations), file));
    await node.ctr('images', 'tag', busyboxImage, 'docker.io/library/busybox:1.36');
  }
  await Promise.all(cluster.nodes.map(({ name }) => cluster.nodeReady(name, false)));
}

/** What a guide takes for granted that begins where kubernetes.md has installed. */
export async function installOn(cluster: Cluster, audience: Audience): Promise<void> {
  const steps = stepsOf(installation.walk, [installation.page]).filter(({ installs }) => installs);
  await takeAll(steps, worldOf(cluster), audience);
}

/** The same on a cluster that runs: with all that the guide takes for granted, or, when it installs, with nothing of ours on its nodes. */
export async function walkOn(name: KubernetesWalk, cluster: Cluster, audience: Audience): Promise<void> {
  const { page, standIns }: Guide = guides[name];
  const ends: (() => Promise<void>)[] = [];
  try {
    for (const standIn of standIns) ends.push(await standIn(cluster));
    await walk(name, [page], worldOf(cluster), audience);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

function worldOf(cluster: Cluster): World {
  const nodes = cluster.nodes.map((node) => new NodePlace(cluster, node));
  const places = (on: string): readonly Place[] =>
    on === 'every node' ? nodes : nodes.filter((node) => node.name === on);
  return { home: new Workstation(cluster), places };
}

/** Where somebody has a checkout and kubectl. */
class Workstation implements Place {
  readonly name: string = 'workstation';
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  run(line: string): ReturnType<Place['run']> {
    const path = `${binaries().directory}:${dirname(binaries().path('kubectl'))}:${process.env.PATH ?? ''}`;
    const env = { PATH: path, HOME: process.env.HOME ?? '/root', KUBECONFIG: this.#cluster.controlPlane.kubeconfig() };
    return run('bash', ['-ec', `cd '${root}'; ${line}`], { env });
  }

  start(): Promise<string> {
    throw new Error('nothing is started here: the cluster starts it');
  }

  write(_path: string, _text: string): Promise<void> {
    throw new Error('files go to nodes');
  }

  kill(): Promise<void> {
    throw new Error('nothing was started here');
  }
}

/** A shell on a node, in the checkout: what was built was copied there. */
class NodePlace extends Workstation {
  override readonly name: string;
  readonly #node: ClusterNode;

  constructor(cluster: Cluster, node: ClusterNode) {
    super(cluster);
    this.name = node.name;
    this.#node = node;
  }

  override async write(path: string, text: string): Promise<void> {
    this.#node.writeFile(path, text);
  }

  override run(line: string): ReturnType<Place['run']> {
    const env = `CONTAINERD_ADDRESS=${containerdSocket} PATH=${dirname(binaries().path('ctr'))}:$PATH`;
    return this.#node.tryExec('bash', '-ec', `cd '${root}'; export ${env}; ${line}`);
  }
}
