import type { Owner } from '../ipam/bind/identity.ts';
import type { OwnerFacts } from '../ipam/bind/owner-gone.ts';
import type { PodState } from '../ipam/reclaim/pod-state.ts';
import type { NodeState } from '../ipam/reclaim/unready-nodes.ts';
import type { ControllerReference } from '../resources/controlled-by.ts';
import type { PodOwner } from './endpoint-status.ts';

/** A Pod, and who keeps it. */
export interface KeptPod {
  readonly namespace: string;
  readonly name: string;
  /** Undefined: nobody. */
  readonly controller: ControllerReference | undefined;
}

export interface LivePod extends KeptPod {
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: PodState;
}

/** The owner of Pods, and what is annotated on those that it makes. */
export interface LiveOwner extends OwnerFacts {
  readonly annotations: Readonly<Record<string, string>>;
  /** On the owner itself; absent: none. */
  readonly ownAnnotations?: Readonly<Record<string, string>>;
}

/** Something that people should see with `kubectl describe`. */
export interface ClusterEvent {
  readonly subject: {
    readonly apiVersion: string;
    readonly kind: string;
    /** Absent: it lives in none. */
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
  };
  /** Absent: nothing is wrong. */
  readonly type?: 'Warning';
  /** In CamelCase, for machines. */
  readonly reason: string;
  readonly message: string;
}

/** The rest of the cluster, asked when it matters and never remembered: what is taken away rests on these answers. */
export interface LiveCluster {
  /** All nodes, by name. */
  nodes(): Promise<ReadonlyMap<string, NodeState>>;
  /** @returns undefined: it is not there */
  node(name: string): Promise<NodeState | undefined>;
  pod(namespace: string, name: string): Promise<LivePod | undefined>;
  /** As `pod`, and may be a moment old: good enough to describe, too little to take away. */
  recentPod(namespace: string, name: string): Promise<LivePod | undefined>;
  /** What the owner of Pods says of them; undefined: it is not there. `unknown`: of its kind nothing is known here. */
  owner(owner: Owner, namespace: string): Promise<LiveOwner | 'unknown' | undefined>;
  /** How many Pods the API has on a node. */
  podsOn(node: string): Promise<number>;
  /** The topmost controller: of a ReplicaSet's Pod its Deployment, of a Job's its CronJob. */
  ownerOf(pod: KeptPod): Promise<PodOwner>;
  announce(event: ClusterEvent): Promise<void>;
}
