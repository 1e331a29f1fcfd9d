import type { Allocation, CoolingAddress } from '../ipam/allocation.ts';
import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { endpointKind } from '../resources/endpoint.ts';
import { allKinds } from '../resources/kinds.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Conflict } from './conflict.ts';

/** Something that is not carried over, and why. */
export interface LeftOut {
  readonly subject: string;
  readonly reason: string;
}

/** What is to be moved: the same whether one of our engines or another IPAM keeps it. */
export interface SourceContents {
  readonly resources: readonly Resource[];
  /** For the record of this node's daemon: who has which address. */
  readonly allocations: readonly Allocation[];
  readonly coolingDown: readonly CoolingAddress[];
  /** What the source itself says twice, or nobody can read: nothing is moved while there is any. Absent: none. */
  readonly conflicts?: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

export const noHoldings: SourceContents = {
  resources: [],
  allocations: [],
  coolingDown: [],
  conflicts: [],
  leftOut: [],
  warnings: [],
};

/** In the order in which they are made: who is referred to comes first. Endpoints are derived from claims. */
export const movedKinds: readonly string[] = [
  ...allKinds.map(({ kind }) => kind).filter((kind) => ![endpointKind, poolKind, blockKind, claimKind].includes(kind)),
  poolKind,
  blockKind,
  claimKind,
];

/** One text per object. */
export function keyText({ kind, metadata: { name, namespace } }: Resource): string {
  return `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Everything of the moved kinds that a store keeps. */
export async function resourcesOf(store: Store): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  for (const kind of movedKinds) for (const item of (await store.list(kind)).items) resources.push(item);
  return resources;
}
