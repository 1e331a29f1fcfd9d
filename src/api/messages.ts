import type { AddressState } from '../ipam/address-state.ts';
import type { Allocation, HeldAddress } from '../ipam/allocation.ts';
import type { CheckReport, Unanswered } from '../ipam/cluster-port.ts';
import type { BlockUsage, PoolUsage } from '../ipam/port.ts';
import { type FamilyUsage, usageByFamily } from '../ipam/usage.ts';
import type { AddressState as AddressStateMessage } from './generated/ipam/AddressState.ts';
import type { AllocateIPResponse } from './generated/ipam/AllocateIPResponse.ts';
import type { Allocation as AllocationMessage } from './generated/ipam/Allocation.ts';
import type { AwaitedRelease as AwaitedReleaseMessage } from './generated/ipam/AwaitedRelease.ts';
import type { CheckResponse } from './generated/ipam/CheckResponse.ts';
import type { FamilyStats } from './generated/ipam/FamilyStats.ts';
import type { GetPoolStatsResponse } from './generated/ipam/GetPoolStatsResponse.ts';
import type { HeldAddress as HeldAddressMessage } from './generated/ipam/HeldAddress.ts';
import type { IPBlock } from './generated/ipam/IPBlock.ts';
import type { Pool } from './generated/ipam/Pool.ts';
import type { UnansweredNode } from './generated/ipam/UnansweredNode.ts';
import type { Violation as ViolationMessage } from './generated/ipam/Violation.ts';

const int32Max = 2 ** 31 - 1;
/** Of one check; what is behind them is found when these are mended. */
const mostViolations = 10_000;

/**
 * The published fields are 32 bits wide; an IPv6 block is not. What does not fit, and what nobody can tell, is -1: a number that
 * is none, where any other would be believed.
 */
function published(count: bigint, unknown = 0n): number {
  return unknown === 0n && count <= BigInt(int32Max) ? Number(count) : -1;
}

export function heldMessage(held: HeldAddress): HeldAddressMessage {
  return {
    ip: held.address,
    cidr: `${held.address}/${held.prefixLength}`,
    gateway: held.gateway ?? '',
    routes: held.routes.map(({ dst, gw }) => ({ dst, gw: gw ?? '' })),
    pool: held.pool,
    block: held.block ?? '',
    outside_block: held.outside ?? '',
  };
}

export function allocateResponse({ addresses }: Allocation): AllocateIPResponse {
  const messages = addresses.map(heldMessage);
  const [first] = messages;
  if (first === undefined) return { addresses: messages };
  const { ip, cidr, gateway, routes } = first;
  return { ip, cidr, gateway, routes, addresses: messages } as AllocateIPResponse;
}

export function allocationMessage({
  attachment,
  node,
  pod,
  netns,
  addresses,
  createdAt,
}: Allocation): AllocationMessage {
  return {
    node_id: node,
    network: attachment.network,
    container_id: attachment.containerId,
    ifname: attachment.ifname,
    pod_namespace: pod?.namespace ?? '',
    pod_name: pod?.name ?? '',
    pod_uid: pod?.uid ?? '',
    netns,
    addresses: addresses.map(heldMessage),
    created_at_ms: createdAt,
  };
}

export function stateMessage({ state, pool, block, node, until, message }: AddressState): AddressStateMessage {
  return { state, pool: pool ?? '', block: block ?? '', node: node ?? '', until_ms: until ?? 0, message };
}

export function blockMessage(block: BlockUsage): IPBlock {
  const { total, used, unknown } = block;
  const exact = (count: bigint): string => (unknown === 0n ? String(count) : '');
  return {
    cidr: block.cidr,
    node_id: block.node,
    total: published(total),
    used: published(used, unknown),
    available: published(total - used, unknown),
    created_at: Math.floor(block.createdAt / 1000),
    pool: block.pool,
    total_exact: String(total),
    used_exact: exact(used),
    available_exact: exact(total - used),
    cooling_down: block.coolingDown,
    family: block.family,
    unknown: String(unknown),
    daemon: block.daemon,
  };
}

export function poolMessage(pool: PoolUsage): Pool {
  return {
    name: pool.name,
    subnet: pool.subnet,
    family: pool.family,
    block_size: pool.blockSize ?? 0,
    is_default: pool.isDefault,
    disabled: pool.disabled,
    terminating: pool.isTerminating,
    blocks: pool.blocks,
    total: String(pool.total),
    used: String(pool.used),
    available: String(pool.total - pool.used - pool.unknown),
    cooling_down: pool.coolingDown,
    parked: pool.parked,
    unknown: String(pool.unknown),
  };
}

/**
 * Leased blocks, node by node, and shared pools, which belong to no node. The counts of GetPoolStats (docs/grpc.md) have room for one
 * family: IPv4's, which runs out first.
 */
export function statsMessage(blocks: readonly BlockUsage[], pools: readonly PoolUsage[]): GetPoolStatsResponse {
  const shared = pools.filter(({ blockSize }) => blockSize === undefined);
  const byNode = Map.groupBy(blocks, ({ node }) => node);
  const nodes = [...byNode].map(([node, own]) => {
    const { cooling_down_ips: _coolingDown, ...counts } = countsOf(own, []);
    return [node, { node_id: node, blocks: own.length, ...counts }] as const;
  });
  return {
    total_nodes: byNode.size,
    total_blocks: blocks.length,
    node_stats: Object.fromEntries(nodes),
    ...countsOf(blocks, shared),
  };
}

function countsOf(blocks: readonly BlockUsage[], shared: readonly PoolUsage[]) {
  const families = usageByFamily(blocks, shared);
  const { total, used, unknown, coolingDown } = families[0] ?? { total: 0n, used: 0n, unknown: 0n, coolingDown: 0 };
  return {
    total_ips: published(total),
    used_ips: published(used, unknown),
    available_ips: published(total - used, unknown),
    total_ips_exact: String(total),
    available_ips_exact: unknown === 0n ? String(total - used) : '',
    cooling_down_ips: coolingDown,
    families: families.map(familyMessage),
  };
}

function familyMessage({ family, blocks, total, used, unknown, coolingDown }: FamilyUsage): FamilyStats {
  return {
    family,
    blocks,
    total: String(total),
    used: String(used),
    available: String(total - used - unknown),
    cooling_down: coolingDown,
    unknown: String(unknown),
  };
}

export function unansweredMessage({ node, reason }: Unanswered): UnansweredNode {
  return { node_id: node, reason };
}

export function checkMessage(report: CheckReport): CheckResponse {
  return {
    violations: report.violations.slice(0, mostViolations).map(violationMessage),
    allocations_checked: report.allocations,
    blocks_checked: report.blocks,
    awaited: report.awaited.slice(0, mostViolations).map(awaitedMessage),
    leftovers: report.leftovers.slice(0, mostViolations).map(violationMessage),
    nodes: [...report.nodes],
  };
}

export function violationMessage({ node, fix: _, ...violation }: CheckReport['violations'][number]): ViolationMessage {
  return { ...violation, node_id: node };
}

function awaitedMessage({ subject, message, until, node }: CheckReport['awaited'][number]): AwaitedReleaseMessage {
  return { subject, message, until: until === undefined ? '' : new Date(until).toISOString(), node_id: node };
}
