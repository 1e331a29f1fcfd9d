import type { Caller } from './caller.ts';

type Roles = readonly Caller['role'][];

/** Open to whoever may connect. */
const everybody: Roles = ['anonymous', 'viewer', 'operator', 'admin', 'node', 'member'];
/** Reads of the whole state. */
const readers: Roles = ['anonymous', 'viewer', 'operator', 'admin', 'member'];
/** Of the cluster itself: not for those who show no certificate. */
const known: Roles = ['viewer', 'operator', 'admin', 'member'];
/** A node and a member act for the node of their own name; the handlers see to that (`requireOwnNode`). */
const nodesAndOperators: Roles = ['operator', 'admin', 'node', 'member'];
const operators: Roles = ['operator', 'admin'];
const admins: Roles = ['admin'];
/** What a node may write there is the Store service's own rule. */
const storeClients: Roles = ['admin', 'node', 'member'];
const members: Roles = ['admin', 'member'];

/**
 * Who may call what: the one table. A method that is not in it is refused to everybody. The rows are the services of
 * proto/, health and reflection.
 */
export const permissions: Readonly<Record<string, Roles>> = {
  '/ipam.IPAM/AllocateIP': nodesAndOperators,
  '/ipam.IPAM/ReleaseIP': nodesAndOperators,
  '/ipam.IPAM/DryRunReleaseIP': nodesAndOperators,
  '/ipam.IPAM/AllocateIPs': nodesAndOperators,
  '/ipam.IPAM/ReleaseIPs': nodesAndOperators,
  '/ipam.IPAM/AllocateBlock': nodesAndOperators,
  '/ipam.IPAM/ReleaseBlock': nodesAndOperators,
  // A node sees what is its own.
  '/ipam.IPAM/GetNodeBlocks': everybody,
  '/ipam.IPAM/Lookup': everybody,
  '/ipam.IPAM/Explain': readers,
  '/ipam.IPAM/ListFree': readers,
  '/ipam.IPAM/GetHistory': readers,
  '/ipam.IPAM/GetForecast': readers,
  '/ipam.IPAM/ListAllocations': everybody,
  '/ipam.IPAM/WatchAllocations': everybody,
  '/ipam.IPAM/ListPools': everybody,
  '/ipam.IPAM/GetVersion': everybody,
  '/ipam.IPAM/GetPoolStats': readers,
  '/ipam.IPAM/Check': readers,
  '/ipam.IPAM/DryRunCollectGarbage': readers,
  '/ipam.IPAM/CollectGarbage': operators,
  '/ipam.IPAM/DryRunRepair': readers,
  '/ipam.IPAM/Drain': operators,
  '/ipam.IPAM/DryRunDrain': readers,
  '/ipam.IPAM/Repair': operators,
  '/ipam.IPAM/SetIPs': operators,
  '/ipam.IPAM/DryRunSetIPs': operators,
  '/ipam.IPAM/ForgetNode': operators,
  '/ipam.IPAM/DryRunForgetNode': operators,
  '/ipam.IPAM/ReleaseIdentity': operators,
  '/ipam.IPAM/QuarantineIP': operators,
  '/ipam.IPAM/LiftQuarantine': operators,

  '/ipam.Resources/Get': readers,
  '/ipam.Resources/List': readers,
  '/ipam.Resources/Watch': readers,
  '/ipam.Resources/Apply': admins,
  '/ipam.Resources/Delete': admins,
  '/ipam.Resources/DryRunApply': admins,
  '/ipam.Resources/DryRunDelete': admins,

  '/ipam.Topology/Show': readers,
  '/ipam.Topology/Plan': readers,
  '/ipam.Topology/Apply': admins,
  '/ipam.Topology/RegisterNodes': admins,

  '/ipam.Store/Get': storeClients,
  '/ipam.Store/List': storeClients,
  '/ipam.Store/Watch': storeClients,
  '/ipam.Store/Create': storeClients,
  '/ipam.Store/Update': storeClients,
  '/ipam.Store/UpdateStatus': storeClients,
  '/ipam.Store/Delete': storeClients,
  '/ipam.Store/Announce': storeClients,
  '/ipam.Store/ListPresent': storeClients,

  // Reads, of which a node learns what claims and blocks show it in any case, and who has which address of a block.
  '/ipam.Peers/Blocks': everybody,
  '/ipam.Peers/Allocations': everybody,
  '/ipam.Peers/Lookup': everybody,
  '/ipam.Peers/Check': everybody,
  '/ipam.Peers/Explain': everybody,
  '/ipam.Peers/GetHistory': everybody,
  '/ipam.Peers/GetForecast': everybody,
  '/ipam.Peers/DryRunCollectGarbage': everybody,

  '/ipam.Cluster/Identify': known,
  // An agent learns from it where to go when the member that it uses is unreachable.
  '/ipam.Cluster/ListMembers': [...known, 'node'],
  '/ipam.Cluster/Join': members,
  '/ipam.Cluster/AddMember': members,
  '/ipam.Cluster/RemoveMember': members,
  '/ipam.Cluster/PromoteMember': members,
  '/ipam.Cluster/MoveLeader': members,
  '/ipam.Cluster/Defragment': members,
  '/ipam.Cluster/Snapshot': members,

  '/grpc.health.v1.Health/Check': everybody,
  '/grpc.health.v1.Health/List': everybody,
  '/grpc.health.v1.Health/Watch': everybody,
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': everybody,
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': everybody,
};

export function mayCall(role: Caller['role'], method: string): boolean {
  return Object.hasOwn(permissions, method) && (permissions[method] ?? []).includes(role);
}
