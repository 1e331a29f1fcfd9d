import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binaries } from '../cluster/binaries.ts';
import { Cluster } from '../cluster/cluster.ts';
import type { ClusterNode } from '../cluster/cluster-node.ts';
import { busyboxImage } from '../cluster/image.ts';
import { containerdSocket } from '../cluster/node-configuration.ts';
import { root } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { type Audience, type Place, walk } from './walk.ts';

const configurations = '/etc/cni/net.d';

export type KubernetesWalk = 'kubernetes' | 'kube-ipam';

const pagesOf: Readonly<Record<KubernetesWalk, readonly string[]>> = {
  kubernetes: ['docs/kubernetes.md'],
  'kube-ipam': ['docs/kube-ipam.md'],
};

/** From `kubectl apply -k` to Pods on two nodes, on a cluster of its own. */
export async function walkKubernetes(name: KubernetesWalk, audience: Audience): Promise<void> {
  const cluster = new Cluster();
  try {
    audience.say('-- starting a control plane and two nodes (half a minute)\n');
    await cluster.start();
    await clearNodes(cluster);
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

/** The same on a cluster that runs, whose nodes have nothing of ours. */
export async function walkOn(name: KubernetesWalk, cluster: Cluster, audience: Audience): Promise<void> {
  const workstation = new Workstation(cluster);
  const nodes = cluster.nodes.map((node) => new NodePlace(cluster, node));
  const places = (on: string): readonly Place[] =>
    on === 'every node' ? nodes : nodes.filter((node) => node.name === on);
  await walk(name, pagesOf[name], { home: workstation, places }, audience);
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
