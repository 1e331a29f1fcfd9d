import { type Owner, ownerTitle } from '../../ipam/bind/identity.ts';
import type { PodState } from '../../ipam/reclaim/pod-state.ts';
import type { NodeState } from '../../ipam/reclaim/unready-nodes.ts';
import type { PodOwner } from '../endpoint-status.ts';
import type { ClusterEvent, KeptPod, LiveCluster, LiveOwner, LivePod } from '../live-cluster.ts';

const readyNode: NodeState = { isReady: true, since: 0, isOutOfService: false };
const lives: PodState = { kind: 'lives' };

/** A cluster that a test fills; it counts what it is asked. */
export class FakeCluster implements LiveCluster {
  readonly nodeStates = new Map<string, NodeState>([['node1', readyNode]]);
  readonly pods = new Map<string, LivePod & { readonly node: string }>();
  /** By `StatefulSet default/web`. */
  readonly owners = new Map<string, LiveOwner | 'unknown'>();
  readonly events: ClusterEvent[] = [];
  /** How often a Pod was asked for to describe it. */
  asked = 0;
  /** Done before a question about one node is answered: what happens while a lost node is looked into. */
  meanwhile: () => Promise<void> = async () => {};

  addPod(namespace: string, name: string, uid: string, node = 'node1', state: PodState = lives): void {
    const pod = { namespace, name, uid, node, annotations: {}, controller: undefined, state };
    this.pods.set(`${namespace}/${name}`, pod);
  }

  async nodes(): Promise<ReadonlyMap<string, NodeState>> {
    return new Map(this.nodeStates);
  }

  async node(name: string): Promise<NodeState | undefined> {
    await this.meanwhile();
    return this.nodeStates.get(name);
  }

  async pod(namespace: string, name: string): Promise<LivePod | undefined> {
    return this.pods.get(`${namespace}/${name}`);
  }

  async recentPod(namespace: string, name: string): Promise<LivePod | undefined> {
    this.asked += 1;
    return this.pods.get(`${namespace}/${name}`);
  }

  async owner(owner: Owner, namespace: string): Promise<LiveOwner | 'unknown' | undefined> {
    return this.owners.get(ownerTitle(owner, namespace));
  }

  async podsOn(node: string): Promise<number> {
    return [...this.pods.values()].filter((pod) => pod.node === node).length;
  }

  async ownerOf({ name, controller }: KeptPod): Promise<PodOwner> {
    return { kind: controller?.kind ?? 'Pod', name: controller?.name ?? name };
  }

  async announce(event: ClusterEvent): Promise<void> {
    this.events.push(event);
  }
}
