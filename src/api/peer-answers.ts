import type { AddressCondition, AddressState } from '../ipam/address-state.ts';
import type { Allocation, HeldAddress } from '../ipam/allocation.ts';
import type { CheckReport } from '../ipam/cluster-port.ts';
import type { BlockUsage } from '../ipam/port.ts';
import type { AddressState__Output } from './generated/ipam/AddressState.ts';
import type { Allocation__Output } from './generated/ipam/Allocation.ts';
import type { CheckResponse__Output } from './generated/ipam/CheckResponse.ts';
import type { HeldAddress__Output } from './generated/ipam/HeldAddress.ts';
import type { IPBlock__Output } from './generated/ipam/IPBlock.ts';

/* What messages.ts makes of things, read again. */

export function allocationOf(message: Allocation__Output): Allocation {
  const { network, container_id: containerId, ifname, pod_namespace: namespace, pod_name: name } = message;
  return {
    attachment: { network, containerId, ifname },
    node: message.node_id,
    ...(name === '' ? {} : { pod: { namespace, name, uid: message.pod_uid } }),
    netns: message.netns,
    addresses: message.addresses.map(heldOf),
    createdAt: Number(message.created_at_ms),
  };
}

function heldOf({ ip, cidr, gateway, routes, pool, block, outside_block: outside }: HeldAddress__Output): HeldAddress {
  return {
    address: ip,
    prefixLength: Number(cidr.slice(cidr.lastIndexOf('/') + 1)),
    ...(gateway === '' ? {} : { gateway }),
    pool,
    ...(block === '' ? {} : { block }),
    ...(outside === '' ? {} : { outside }),
    routes: routes.map(({ dst, gw }) => (gw === '' ? { dst } : { dst, gw })),
  };
}

export function blockUsageOf(message: IPBlock__Output): BlockUsage {
  return {
    cidr: message.cidr,
    family: message.family === 6 ? 6 : 4,
    pool: message.pool,
    node: message.node_id,
    daemon: message.daemon,
    total: BigInt(message.total_exact),
    used: BigInt(message.used_exact),
    unknown: BigInt(message.unknown),
    coolingDown: message.cooling_down,
    createdAt: Number(message.created_at) * 1000,
  };
}

export function stateOf({ state, pool, block, node, until_ms, message }: AddressState__Output): AddressState {
  return {
    state: state as AddressCondition,
    ...(pool === '' ? {} : { pool }),
    ...(block === '' ? {} : { block }),
    ...(node === '' ? {} : { node }),
    ...(until_ms === '0' ? {} : { until: Number(until_ms) }),
    message,
  };
}

export function reportOf(message: CheckResponse__Output): CheckReport {
  const found = (violations: CheckResponse__Output['violations']): CheckReport['violations'] =>
    violations.map(({ node_id: node, ...violation }) => ({ ...violation, node }));
  return {
    violations: found(message.violations),
    leftovers: found(message.leftovers),
    awaited: message.awaited.map(({ subject, message: text, until, node_id: node }) => ({
      ...{ subject, message: text, node },
      until: until === '' ? undefined : Date.parse(until),
    })),
    allocations: message.allocations_checked,
    blocks: message.blocks_checked,
    nodes: message.nodes,
  };
}
