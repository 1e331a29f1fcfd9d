import type { ShownPod } from '../../ipam/shown-pod.ts';
import type { PoolResource } from '../../resources/pool.ts';
import { type Conflict, unreadable } from '../conflict.ts';
import type { ForeignLease } from '../foreign.ts';
import type { LeftOut } from '../holdings.ts';
import { ciliumLeases } from './leases.ts';
import { readCiliumEndpoint, readCiliumNode, readCiliumPool } from './objects.ts';
import { type CiliumConfig, excludedOf, poolsOf } from './pools.ts';

/** The objects of a cluster whose addresses Cilium gives, as they are. */
export interface CiliumFacts {
  readonly pools: readonly unknown[];
  readonly nodes: readonly unknown[];
  readonly endpoints: readonly unknown[];
  readonly pods: readonly ShownPod[];
  readonly config: CiliumConfig | undefined;
  /** What the network's file is called. */
  readonly network: string;
}

export interface CiliumHoldings {
  readonly pools: readonly PoolResource[];
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** All that Cilium's IPAM has given out, in whichever of its modes, as pools and leases. */
export function ciliumHoldings({ config, pods, network, ...objects }: CiliumFacts): CiliumHoldings {
  const conflicts: Conflict[] = [];
  const read = <T extends object>(kind: string, of: readonly unknown[], reader: (object: unknown) => T | string) =>
    of.flatMap((object) => {
      const value = reader(object);
      if (typeof value !== 'string') return [value];
      conflicts.push(unreadable(`${kind} "${nameOf(object)}"`, value));
      return [];
    });
  const given = read('CiliumPodIPPool', objects.pools, readCiliumPool);
  const nodes = read('CiliumNode', objects.nodes, readCiliumNode);
  const endpoints = read('CiliumEndpoint', objects.endpoints, readCiliumEndpoint);
  const { pools, warnings } = poolsOf(given, nodes, config);
  const { leases, leftOut } = ciliumLeases({ nodes, endpoints, pods, pools, network });
  return { pools, leases, conflicts, leftOut, warnings: [...warnings, ...excludedOf(pools, nodes)] };
}

function nameOf(object: unknown): string {
  const name = (object as { readonly metadata?: { readonly name?: unknown } } | null)?.metadata?.name;
  return typeof name === 'string' ? name : '';
}
