import { emptyRangeSet } from '../ip/range-set.ts';
import { poolKind } from '../resources/pool.ts';
import { brief, type Refusal, refusalsOf } from '../resources/refusal.ts';
import type { Resource } from '../resources/resource.ts';
import { reviewWrite } from '../resources/rules/review.ts';
import { parseSubnet, subnetKind } from '../resources/subnet.ts';
import { type Conflict, refused } from './conflict.ts';
import { keyText } from './holdings.ts';
import { asItWas, readPool } from './pools.ts';

export interface RuledTarget {
  /** Objects of the source that the target has, of its own: they are left as they are. */
  readonly kept: readonly Resource[];
  /** Objects of the target alone. */
  readonly theirs: readonly Resource[];
}

export interface Ruled {
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
}

/**
 * What an operator's apply would refuse, and what it would warn of: by the same rules, one object after the other as they
 * are going to be written. What is out is written last, so nothing is out of the pools then.
 */
export function refusedByRules(source: readonly Resource[], { kept, theirs }: RuledTarget): Ruled {
  const conflicts: Conflict[] = [];
  const warnings: string[] = [];
  const present = new Set(kept.map(keyText));
  const sourcePools = new Set(source.filter(isPool).map(({ metadata }) => metadata.name));
  const pools = [...theirs, ...kept].flatMap((one) => poolsOf(asItWas(one)));
  const subnets = [...theirs, ...kept].flatMap(readSubnet);
  for (const original of source) {
    if (present.has(keyText(original))) continue;
    const resource = asItWas(original);
    const review = reviewWrite(
      { operation: 'create', resource },
      { pools, subnets, heldIn: () => emptyRangeSet, heldAnywhere: () => emptyRangeSet },
    );
    conflicts.push(...review.refusals.map((refusal) => toConflict(refusal, sourcePools)));
    warnings.push(...review.warnings);
    pools.push(...poolsOf(resource));
    subnets.push(...readSubnet(resource));
  }
  return { conflicts, warnings };
}

function toConflict(refusal: Refusal, sourcePools: ReadonlySet<string>): Conflict {
  const { pool, shared } = refusal.facts as { readonly pool?: string; readonly shared?: readonly string[] };
  const conflict = refused(refusal);
  if (pool === undefined || shared === undefined) return conflict;
  const isOfSource = sourcePools.has(pool);
  return {
    ...conflict,
    reason: `offers ${brief(shared)}, as ${poolKind} "${pool}" of the ${isOfSource ? 'source' : 'target'} does`,
    advice: isOfSource
      ? 'give the two different ranges where the source has them from, and repeat'
      : 'give the two different ranges (spec.ips, spec.excludeIPs), or migrate to an empty target',
  };
}

function poolsOf(resource: Resource) {
  return isPool(resource) ? [readPool(resource) ?? []].flat() : [];
}

function isPool({ kind }: Resource): boolean {
  return kind === poolKind;
}

function readSubnet(resource: Resource) {
  const isReadable = resource.kind === subnetKind && refusalsOf(() => parseSubnet(resource)).length === 0;
  return isReadable ? [parseSubnet(resource)] : [];
}
