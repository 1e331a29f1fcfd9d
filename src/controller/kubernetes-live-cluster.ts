import { randomUUID } from 'node:crypto';
import type { Owner } from '../ipam/bind/identity.ts';
import { type PodObject, stateOfPod } from '../ipam/reclaim/pod-state.ts';
import type { NodeState } from '../ipam/reclaim/unready-nodes.ts';
import { controllerOf } from '../resources/controlled-by.ts';
import { ownValue } from '../resources/own-value.ts';
import type { OwnerReference } from '../resources/resource.ts';
import { isNotServed } from '../store/kubernetes/api-error.ts';
import { collectionPath, objectPath, type ResourceType } from '../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import {
  daemonSetType,
  deploymentType,
  eventType,
  jobType,
  newEvent,
  nodeType,
  podType,
  replicaSetType,
  statefulSetType,
} from '../store/kubernetes/core.ts';
import type { PodOwner } from './endpoint-status.ts';
import type { ClusterEvent, KeptPod, LiveCluster, LiveOwner, LivePod } from './live-cluster.ts';

interface Described {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
}

interface DescribedNode extends Described {
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

type DescribedPod = Described & PodObject;

/** An operator says by it that a node is shut down (Kubernetes 1.24, KEP 2268). */
const outOfService = 'node.kubernetes.io/out-of-service';

/** Controllers that others keep, by kind, with where to look them up. */
const middle: Readonly<Record<string, ResourceType>> = { ReplicaSet: replicaSetType, Job: jobType };

const ofKubevirt = { ...statefulSetType, apiVersion: 'kubevirt.io/v1' };
const ofKruise = { ...statefulSetType, apiVersion: 'apps.kruise.io/v1beta1' };

/** Controllers for which addresses are kept, by kind as `Owner` has it, in all versions that may be served. */
const keepers: Readonly<Record<string, readonly ResourceType[]>> = {
  StatefulSet: [statefulSetType],
  Deployment: [deploymentType],
  ReplicaSet: [replicaSetType],
  DaemonSet: [daemonSetType],
  'StatefulSet.apps.kruise.io': [ofKruise, { ...ofKruise, apiVersion: 'apps.kruise.io/v1alpha1' }],
  // An instance that no virtual machine keeps has its own name, and its own end.
  VirtualMachine: [
    { ...ofKubevirt, kind: 'VirtualMachine', plural: 'virtualmachines' },
    { ...ofKubevirt, kind: 'VirtualMachineInstance', plural: 'virtualmachineinstances' },
  ],
};

interface Keeper {
  readonly metadata: {
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly replicas?: number;
    /** OpenKruise's: ordinals that are passed over, numbers and ranges (`"5-7"`). */
    readonly reserveOrdinals?: readonly (number | string)[];
    readonly ordinals?: { readonly start?: number };
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

/** Events about objects that live in no namespace are kept in this one. */
const eventNamespace = 'default';
/** Owners of ReplicaSets and Jobs never change; most Pods share theirs with others. */
const rememberedOwners = 1_000;

export interface KubernetesLiveClusterOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'list' | 'create'>;
  /** Name of this program, in events. */
  readonly component: string;
  readonly now: () => number;
}

export class KubernetesLiveCluster implements LiveCluster {
  readonly #options: KubernetesLiveClusterOptions;
  /** By the uid of a ReplicaSet or Job. */
  readonly #owners = new Map<string, PodOwner>();

  constructor(options: KubernetesLiveClusterOptions) {
    this.#options = options;
  }

  async nodes(): Promise<ReadonlyMap<string, NodeState>> {
    const { items } = await this.#options.client.list<DescribedNode>(collectionPath(nodeType));
    return new Map(items.map((node) => [node.metadata.name, stateOfNode(node)]));
  }

  async node(name: string): Promise<NodeState | undefined> {
    const node = await this.#options.client.get<DescribedNode>(objectPath(nodeType, { name }));
    return node === undefined ? undefined : stateOfNode(node);
  }

  pod(namespace: string, name: string): Promise<LivePod | undefined> {
    return this.#pod(namespace, objectPath(podType, { namespace, name }));
  }

  recentPod(namespace: string, name: string): Promise<LivePod | undefined> {
    // From the API server's own memory: etcd is not asked.
    return this.#pod(namespace, `${objectPath(podType, { namespace, name })}?resourceVersion=0`);
  }

  async owner({ kind, name }: Owner, namespace: string): Promise<LiveOwner | 'unknown' | undefined> {
    const types = ownValue(keepers, kind);
    if (types === undefined) return 'unknown';
    let answer: 'unknown' | undefined = 'unknown';
    for (const type of types) {
      try {
        const found = await this.#options.client.get<Keeper>(objectPath(type, { namespace, name }));
        if (found !== undefined) return liveOwner(found);
        answer = undefined;
      } catch (error) {
        if (!isNotServed(error)) throw error;
      }
    }
    return answer;
  }

  async podsOn(node: string): Promise<number> {
    const selection = { fieldSelector: `spec.nodeName=${node}` };
    return (await this.#options.client.list(collectionPath(podType), selection)).items.length;
  }

  async ownerOf({ namespace, name, controller }: KeptPod): Promise<PodOwner> {
    if (controller === undefined) return { kind: 'Pod', name };
    const type = ownValue(middle, controller.kind);
    const owner = { kind: controller.kind, name: controller.name };
    if (type === undefined || type.apiVersion !== controller.apiVersion) return owner;
    const known = this.#owners.get(controller.uid);
    if (known !== undefined) return known;
    const between = await this.#options.client.get<Described>(objectPath(type, { namespace, name: controller.name }));
    // Gone, or another of the same name: nothing more can be known.
    if (between?.metadata.uid !== controller.uid) return owner;
    const above = controllerOf(between.metadata);
    const topmost = above === undefined ? owner : { kind: above.kind, name: above.name };
    if (this.#owners.size >= rememberedOwners) this.#owners.clear();
    this.#owners.set(controller.uid, topmost);
    return topmost;
  }

  async announce({ subject, type, reason, message }: ClusterEvent): Promise<void> {
    const { client, component, now } = this.#options;
    const namespace = subject.namespace ?? eventNamespace;
    const event = newEvent({
      namespace,
      name: `${subject.name}.${randomUUID()}`,
      subject,
      type: type ?? 'Normal',
      reason,
      message,
      source: { component },
      at: now(),
    });
    await client.create(collectionPath(eventType, namespace), event);
  }

  async #pod(namespace: string, path: string): Promise<LivePod | undefined> {
    const pod = await this.#options.client.get<DescribedPod>(path);
    if (pod === undefined) return undefined;
    const { name, uid, annotations = {} } = pod.metadata;
    return { namespace, name, uid, annotations, controller: controllerOf(pod.metadata), state: stateOfPod(pod) };
  }
}

function stateOfNode({ spec, status }: DescribedNode): NodeState {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isOutOfService = spec?.taints?.some(({ key }) => key === outOfService) ?? false;
  return { isReady: ready?.status === 'True', since: Date.parse(ready?.lastTransitionTime ?? ''), isOutOfService };
}

function liveOwner({ metadata, spec = {} }: Keeper): LiveOwner {
  const isDeleting = metadata.deletionTimestamp !== undefined;
  const { annotations = {} } = spec.template?.metadata ?? {};
  // What is left out means one, as the API server fills it in.
  const { replicas = 1, ordinals, reserveOrdinals = [] } = spec;
  const skips = reserveOrdinals.flatMap(rangeOfOrdinals);
  const ownAnnotations = metadata.annotations ?? {};
  return { replicas, start: ordinals?.start ?? 0, skips, isDeleting, annotations, ownAnnotations };
}

/** @returns nothing for what cannot be read: then an ordinal less is passed over, and an address is kept for longer */
function rangeOfOrdinals(entry: number | string): readonly (readonly [first: number, last: number])[] {
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(String(entry)) ?? [];
  return first === undefined ? [] : [[Number(first), Number(last)]];
}
