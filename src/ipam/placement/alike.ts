import type { LabelSelector, Labels } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { Pool } from '../../resources/pool.ts';
import type { NodePlaces } from '../select/topology-affinity.ts';

/** A node as far as the choice of pools depends on it. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: Labels;
  /** Without a TOR: its daemon may know more. */
  readonly places: NodePlaces;
  /** Could a Pod be sent there, whatever addresses it has? */
  readonly isUp: boolean;
}

/**
 * Tells nodes apart as pools do: of nodes with one key every pool says the same. Five thousand nodes are a hundred racks, and pools
 * are looked at once for each.
 */
export function nodesAlike(pools: readonly Pool[]): (node: NodeFacts) => string {
  const named = new Set(pools.flatMap(({ nodeNames }) => nodeNames));
  const keys = [...new Set(pools.flatMap(({ nodeAffinity }) => keysOf(nodeAffinity)))].sort();
  return ({ name, labels, places }) => {
    if (named.has(name)) return `node ${name}`;
    const place = `${places.zone} ${places.pod} ${places.tor}`;
    return keys.length === 0 ? place : JSON.stringify([place, ...keys.map((key) => ownValue(labels, key) ?? null)]);
  };
}

function keysOf(selector: LabelSelector | undefined): readonly string[] {
  if (selector === undefined) return [];
  return [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
}
