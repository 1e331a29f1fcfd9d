import { join } from 'node:path';
import { accepts } from '../kit/accepts.ts';
import { waitFor } from '../kit/wait.ts';
import { BackgroundProcess } from './background-process.ts';
import { binaries } from './binaries.ts';
import { ClusterNode } from './cluster-node.ts';
import { ControlPlane } from './control-plane.ts';
import type { Ground } from './ground.ts';
import { writeBusyboxImage } from './image.ts';
import { Network } from './network.ts';
import { hasCondition, type Pod } from './pod.ts';
import { claimGround, clear } from './teardown.ts';

export interface ClusterNodeSpecification {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ClusterOptions {
  /** By default node1 and node2. */
  readonly nodes?: readonly ClusterNodeSpecification[];
  /** The network configuration of a node; macvlan on eth0 with host-local addresses by default. */
  readonly cni?: (node: ClusterNode) => object | string;
  /** Users beside admin, with their groups. */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  readonly apiServerFlags?: readonly string[];
  readonly controllerManagerFlags?: readonly string[];
}

const startMs = 180_000;
const conditionMs = 120_000;
const pollMs = 100;

/** A whole Kubernetes on this machine: control plane, controllers, scheduler and nodes on one switch. Needs root. */
export class Cluster {
  readonly #options: ClusterOptions;
  #ground: Ground | undefined;
  #controlPlane: ControlPlane | undefined;
  #controllerManager: BackgroundProcess | undefined;
  #scheduler: BackgroundProcess | undefined;
  #nodes: readonly ClusterNode[] = [];

  constructor(options: ClusterOptions = {}) {
    this.#options = options;
  }

  get controlPlane(): ControlPlane {
    return this.#started(this.#controlPlane);
  }

  get controllerManager(): BackgroundProcess {
    return this.#started(this.#controllerManager);
  }

  get scheduler(): BackgroundProcess {
    return this.#started(this.#scheduler);
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  node(name: string): ClusterNode {
    const node = this.#nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  /** Its folder and number. */
  get ground(): Ground {
    return this.#started(this.#ground);
  }

  /** Starts everything; when it returns, all nodes are ready and Pods can be made in the namespace default. */
  async start(): Promise<void> {
    const ground = await claimGround();
    this.#ground = ground;
    const specifications = this.#options.nodes ?? [{ name: 'node1' }, { name: 'node2' }];
    const network = new Network(ground);
    await Promise.all([network.create(), writeBusyboxImage(join(ground.path, 'busybox.tar'))]);
    const controlPlane = this.#makeControlPlane(ground, specifications);
    await controlPlane.start();
    this.#controllerManager = this.#makeController('kube-controller-manager', 10257, [
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${join(ground.path, 'service-accounts.key')}`,
      `--root-ca-file=${controlPlane.caFile}`,
      ...(this.#options.controllerManagerFlags ?? []),
    ]);
    this.#scheduler = this.#makeController('kube-scheduler', 10259, []);
    this.#nodes = specifications.map(
      ({ name }, index) =>
        new ClusterNode({
          name,
          n: 11 + index,
          ground,
          network,
          kubeconfig: controlPlane.kubeconfig(`system:node:${name}`),
          cni: (node) => this.#options.cni?.(node) ?? macvlanWithHostLocal(ground, index),
          apiServer: { address: controlPlane.address, port: 6443 },
        }),
    );
    await Promise.all([
      this.#controllerManager.start(),
      this.#scheduler.start(),
      ...this.#nodes.map((node) => node.start()),
    ]);
    await this.#label(specifications);
    await Promise.all(this.#nodes.map(({ name }) => this.nodeReady(name, true, startMs)));
    await this.serviceAccountReady('default');
  }

  /** Ends and removes everything, at once. */
  async stop(): Promise<void> {
    if (this.#ground !== undefined) await clear(this.#ground);
    this.#ground = undefined;
  }

  /** Leaves the cluster up when this process ends; clear() of its ground ends it. */
  keep(): void {
    this.ground.keep();
  }

  /** Runs kubectl as admin; it must succeed. @returns its standard output */
  kubectl(...args: string[]): Promise<string> {
    return this.controlPlane.kubectl(...args);
  }

  /** `kubectl apply`: a manifest as text, or objects. */
  apply(...manifests: readonly (string | object)[]): Promise<void> {
    return this.controlPlane.apply(...manifests);
  }

  /** Makes a namespace and waits until Pods can be made in it. */
  async createNamespace(name: string): Promise<void> {
    await this.kubectl('create', 'namespace', name);
    await this.serviceAccountReady(name);
  }

  /** Waits until Pods can be made in a namespace. */
  async serviceAccountReady(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await waitFor(`the service account of ${namespace}`, () => this.controlPlane.get(path), conditionMs, pollMs);
  }

  /** Waits until a Pod is ready. @returns it; @throws with its events when it does not become so */
  async podReady(name: string, namespace = 'default', ms = conditionMs): Promise<Pod> {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const ready = async (): Promise<Pod | undefined> => {
      const pod = await this.controlPlane.get<Pod>(path);
      return pod !== undefined && hasCondition(pod, 'Ready') ? pod : undefined;
    };
    try {
      return await waitFor(`the Pod ${namespace}/${name} to be ready`, ready, ms, pollMs);
    } catch (error) {
      throw new Error(`${error}\n${await this.events(namespace)}`);
    }
  }

  /** Deletes a Pod and waits until its node has ended it and it is gone: kubelet looks at some only a minute later. */
  async deletePod(name: string, namespace = 'default'): Promise<void> {
    await this.kubectl('delete', 'pod', name, '--namespace', namespace, `--timeout=${startMs / 1000}s`);
  }

  /** Runs a program in a Pod. @returns its standard output */
  exec(pod: string, command: readonly string[], namespace = 'default'): Promise<string> {
    return this.kubectl('exec', '--namespace', namespace, pod, '--', ...command);
  }

  /** What happened, oldest first, as kubectl shows it. */
  events(namespace = 'default'): Promise<string> {
    return this.kubectl('get', 'events', '--namespace', namespace, '--sort-by=.lastTimestamp');
  }

  /** Waits until a node is seen as ready, or as not ready. */
  async nodeReady(name: string, ready = true, ms = conditionMs): Promise<void> {
    await waitFor(
      `the node ${name} to be ${ready ? 'ready' : 'not ready'}`,
      async () => {
        const node = await this.controlPlane.get<Pick<Pod, 'status'>>(`/api/v1/nodes/${name}`);
        return (node !== undefined && hasCondition(node, 'Ready') === ready) || undefined;
      },
      ms,
      pollMs,
    );
  }

  #makeControlPlane(ground: Ground, nodes: readonly ClusterNodeSpecification[]): ControlPlane {
    const controlPlane = new ControlPlane({
      ground,
      address: ground.address(1),
      hasControllers: true,
      users: {
        ...this.#options.users,
        'system:kube-controller-manager': [],
        'system:kube-scheduler': [],
        ...Object.fromEntries(nodes.map(({ name }) => [`system:node:${name}`, ['system:nodes']])),
      },
      flags: [
        '--kubelet-preferred-address-types=InternalIP',
        // There is no kube-proxy: webhooks that are Services are found by their endpoints.
        '--enable-aggregator-routing=true',
        ...(this.#options.apiServerFlags ?? []),
      ],
    });
    this.#controlPlane = controlPlane;
    return controlPlane;
  }

  #makeController(name: string, port: number, flags: readonly string[]): BackgroundProcess {
    const { address } = this.controlPlane;
    // Until 1.23 there was a second port without TLS, on all addresses of the machine, where clusters would collide.
    const noFormerPort = binaries().minor < 24 ? ['--port=0'] : [];
    return new BackgroundProcess(this.ground, {
      name,
      command: [
        binaries().path(name),
        `--kubeconfig=${this.controlPlane.kubeconfig(`system:${name}`)}`,
        '--leader-elect=false',
        `--bind-address=${address}`,
        `--secure-port=${port}`,
        ...noFormerPort,
        ...flags,
      ],
      isReady: () => accepts(address, port),
    });
  }

  async #label(specifications: readonly ClusterNodeSpecification[]): Promise<void> {
    for (const { name, labels = {} } of specifications) {
      await waitFor(
        `the node ${name} to register`,
        () => this.controlPlane.get(`/api/v1/nodes/${name}`),
        startMs,
        pollMs,
      );
      const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      if (pairs.length > 0) await this.kubectl('label', 'node', name, ...pairs);
    }
  }

  #started<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('the cluster was not started');
    return value;
  }
}

/** Each node has 32 addresses of the switch's own network for its Pods: .64 to .95, .96 to .127 … */
function macvlanWithHostLocal(ground: Ground, index: number): object {
  const first = 64 + index * 32;
  const range = {
    subnet: `${ground.address(0)}/24`,
    rangeStart: ground.address(first),
    rangeEnd: ground.address(first + 31),
  };
  const ipam = { type: 'host-local', ranges: [[range]] };
  return { cniVersion: '0.4.0', name: 'test', plugins: [{ type: 'macvlan', master: 'eth0', mode: 'bridge', ipam }] };
}
