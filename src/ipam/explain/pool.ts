import { countAddresses, intersect, type RangeSet, subtract, union } from '../../ip/range-set.ts';
import { formatSelector } from '../../resources/label-selector.ts';
import type { Pool } from '../../resources/pool.ts';
import { levels } from '../../resources/topology/topology.ts';
import type { BlockUsage, PoolUsage } from '../port.ts';
import type { PoolExplanation, PoolShare } from './explanation.ts';

export interface PoolFacts {
  readonly pool: Pool;
  readonly usage: PoolUsage;
  /** Its leased blocks, sorted by address. */
  readonly blocks: readonly BlockUsage[];
  /** Reserved by plan. */
  readonly planned: RangeSet;
  readonly quarantined: RangeSet;
  /** May be somebody's, although nobody can tell whose. */
  readonly heldBack: RangeSet;
}

/** Why a pool is as full as it is: what has each part of it, and what makes that free. */
export function explainPool(facts: PoolFacts): PoolExplanation {
  const { pool, usage, blocks } = facts;
  const shares = [...counted(facts), ...withheld(facts)].filter(({ count }) => count > 0n);
  return { usage, shares, message: messageOf(facts, shares), conditions: conditionsOf(pool), blocks };
}

/** What Pods can get of it: together the pool's total. */
function counted({ usage, blocks }: PoolFacts): readonly PoolShare[] {
  const { total, used, unknown, coolingDown, parked } = usage;
  const left = total - used - unknown;
  // An address that cools down may have been withheld meanwhile.
  const cooling = BigInt(coolingDown) < left ? BigInt(coolingDown) : left;
  return [
    {
      kind: 'free',
      count: left - cooling,
      detail: usage.blockSize === undefined ? 'for the next ADD' : whereFree(total, blocks),
    },
    { kind: 'held', count: used - BigInt(parked), detail: `by containers: ipam-cli addresses --pool ${usage.name}` },
    {
      kind: 'kept',
      count: BigInt(parked),
      detail: 'for owners whose Pods are not there: ipam-cli get claims -o wide; ipam-cli unkeep ADDRESS frees one',
    },
    { kind: 'cooling-down', count: cooling, detail: 'released a moment ago; given when there is nothing else' },
    { kind: 'unknown', count: unknown, detail: 'in blocks of daemons that did not answer, or were not asked' },
  ];
}

function whereFree(total: bigint, blocks: readonly BlockUsage[]): string {
  const leased = blocks.reduce((sum, block) => sum + block.total - block.used - block.unknown, 0n);
  const unleased = unleasedOf(total, blocks);
  return `${leased} in blocks that nodes have, for Pods of these; ${unleased} in blocks that nobody has leased yet`;
}

function unleasedOf(total: bigint, blocks: readonly BlockUsage[]): bigint {
  return total - blocks.reduce((sum, block) => sum + block.total, 0n);
}

/** What no Pod gets that does not ask for exactly it. */
function withheld({ pool, usage, planned, quarantined, heldBack }: PoolFacts): readonly PoolShare[] {
  const within = (set: RangeSet, but: RangeSet): RangeSet => subtract(intersect(pool.usable, set), but);
  const none = { ranges: [] };
  const reserved = within(planned, quarantined);
  const back = within(heldBack, union(planned, quarantined));
  const taken = [quarantined, planned, heldBack].reduce(union, none);
  const fixed = subtract(pool.fixed, taken);
  const rest = countAddresses(subtract(subtract(pool.usable, taken), pool.fixed)) - usage.total;
  return [
    {
      kind: 'quarantined',
      count: countAddresses(within(quarantined, none)),
      detail: 'in use by something else on the network; ipam-cli lift ADDRESS ends it',
    },
    { kind: 'reserved', count: countAddresses(reserved), detail: 'by a SpiderReservedIP: ipam-cli get reservedip' },
    { kind: 'fixed', count: countAddresses(fixed), detail: 'for those who ask for exactly them (spec.fixedIPs)' },
    { kind: 'excluded', count: countAddresses(pool.excluded), detail: 'by its author (spec.excludeIPs)' },
    {
      kind: 'held-back',
      count: countAddresses(back),
      detail: 'somebody may have them, and nobody can tell who: ipam-cli check',
    },
    {
      kind: 'block-edges',
      count: rest,
      detail:
        pool.blockSize === undefined
          ? 'gateways of pools beside it'
          : 'network, gateway and broadcast addresses of its blocks',
    },
  ];
}

function messageOf({ pool, usage, blocks }: PoolFacts, shares: readonly PoolShare[]): string {
  const title = `pool "${pool.name}"`;
  const count = (kind: PoolShare['kind']): bigint => shares.find((share) => share.kind === kind)?.count ?? 0n;
  if (usage.isTerminating)
    return `${title} is being deleted: it gives nothing out, and goes when nothing of it is out any more`;
  if (pool.disabled) return `${title} ${pool.closedBecause ?? 'is disabled'}: it gives nothing out`;
  if (usage.total === 0n) return `${title} has no address that it may give out`;
  const free = count('free');
  if (free > 0n) {
    const noBlock = pool.blockSize !== undefined && unleasedOf(usage.total, blocks) <= 0n;
    const limit = noBlock ? ', and no block is left to lease: a node whose own blocks are full gets none' : '';
    return `${title} has ${free} of ${usage.total} addresses free${limit}`;
  }
  const parts = shares.flatMap(({ kind, count: n }) => (asTaken[kind] === undefined ? [] : [`${n} ${asTaken[kind]}`]));
  const is =
    count('cooling-down') > 0n ? 'has nothing fresh' : count('unknown') > 0n ? 'may be exhausted' : 'is exhausted';
  return `${title} ${is}: of ${usage.total} addresses ${parts.join(', ')}`;
}

const asTaken: Readonly<Partial<Record<PoolShare['kind'], string>>> = {
  held: 'are held',
  kept: 'are kept for absent owners',
  'cooling-down': 'cool down',
  unknown: 'are in blocks of daemons that were not heard',
};

function conditionsOf(pool: Pool): readonly string[] {
  const selected = (what: string, selector: Pool['podAffinity']) =>
    selector === undefined || formatSelector(selector) === ''
      ? []
      : [`only ${what} labelled ${formatSelector(selector)}`];
  const named = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`only ${what} ${names.map((name) => `"${name}"`).join(', ')}`];
  return [
    ...(pool.isDefault || pool.ranges !== undefined ? [] : ['only who names it: it is not a default pool']),
    ...(pool.nodeNames.length > 0 ? named('nodes', pool.nodeNames) : selected('nodes', pool.nodeAffinity)),
    ...levels.flatMap((level) => named(`nodes in ${level}`, pool.topologyAffinity?.[level] ?? [])),
    ...(pool.namespaceNames.length > 0
      ? named('namespaces', pool.namespaceNames)
      : selected('namespaces', pool.namespaceAffinity)),
    ...selected('Pods', pool.podAffinity),
    ...named('interfaces of Multus networks', pool.multusNames),
    ...(pool.namespaceQuota === undefined ? [] : [`at most ${pool.namespaceQuota} for each namespace`]),
  ];
}
