import { formatAddress } from '../../ip/address.ts';
import { formatPrefix, prefixesOverlap } from '../../ip/prefix.ts';
import { formatRangeSet, intersect, subtract } from '../../ip/range-set.ts';
import { heldStillBy } from '../migration-marks.ts';
import type { Pool } from '../pool.ts';
import { isRangePool } from '../range-pool.ts';
import { type RangesOwner, rangesOwner, rangesTitle } from '../ranges-owner.ts';
import { brief, type Findings } from '../refusal.ts';
import type { Resource } from '../resource.ts';
import { scopeOf } from '../scope.ts';
import type { Parsed, WriteFacts } from './write.ts';

/** Rules between a pool, the other pools, and the subnets. */
export function checkPoolAmongOthers(
  { value: pool }: Parsed<Pool>,
  findings: Findings,
  { pools, subnets }: WriteFacts,
): void {
  for (const other of pools) {
    if (other.name !== pool.name && other.family === pool.family) checkPoolPair(pool, other, findings);
  }
  for (const { name, prefix, controlled } of subnets) {
    if (!prefixesOverlap(prefix, pool.subnet)) continue;
    if (formatPrefix(prefix) !== formatPrefix(pool.subnet)) {
      findings.warn(
        `spec.subnet ${formatPrefix(pool.subnet)} overlaps SpiderSubnet "${name}" ${formatPrefix(prefix)}, and is not part of it`,
      );
      continue;
    }
    const outside = formatRangeSet(subtract(pool.usable, controlled));
    if (outside.length === 0) continue;
    findings.refuse(
      `offers ${brief(outside)}, which SpiderSubnet "${name}" does not control`,
      "choose from the subnet's spec.ips, or add the addresses there first",
    );
  }
}

/**
 * No two pools of a scope offer one address: it could be given twice, under two gateways. Nor do they cut a network
 * differently. Networks' ranges may overlap each other's, as they may with host-local: each address of a shared pool is
 * given once, whoever offers it.
 */
function checkPoolPair(pool: Pool, other: Pool, findings: Findings): void {
  if (scopeOf(pool.name) !== scopeOf(other.name) || (pool.ranges !== undefined && other.ranges !== undefined)) return;
  const shared = formatRangeSet(intersect(pool.usable, other.usable));
  if (shared.length > 0 && other.ranges !== undefined) {
    checkPoolOverRanges(pool, other.ranges, shared, findings);
    return;
  }
  if (shared.length > 0) {
    findings.add({
      code: 'invalid-config',
      message: `${findings.subject} overlaps SpiderIPPool "${other.name}": both offer ${brief(shared)}`,
      advice:
        pool.ranges === undefined
          ? 'give the pools different ranges with spec.ips or spec.excludeIPs'
          : `change the ranges in the CNI configuration, or put "pools": ["${other.name}"] in their place`,
      facts: { pool: other.name, shared },
    });
    return;
  }
  const [own, others] = [formatPrefix(pool.subnet), formatPrefix(other.subnet)];
  if (own === others || !prefixesOverlap(pool.subnet, other.subnet)) return;
  // Two networks of one machine may well be cut so, and always could.
  if (pool.ranges !== undefined || other.ranges !== undefined) return;
  findings.refuse(
    `spec.subnet ${own} overlaps spec.subnet ${others} of SpiderIPPool "${other.name}"`,
    'pools of one network have the same spec.subnet and different spec.ips',
  );
}

/** What is claimed of either is safe from the other; the addresses of a block are nobody's to claim. */
function checkPoolOverRanges(pool: Pool, owner: RangesOwner, shared: readonly string[], findings: Findings): void {
  if (pool.blockSize === undefined) {
    findings.warn(`offers ${brief(shared)} as ${rangesTitle(owner)} do: an address is given once, by either`);
    return;
  }
  findings.add({
    code: 'invalid-config',
    message: `${findings.subject} offers ${brief(shared)} in blocks, as ${rangesTitle(owner)} do`,
    advice:
      'choose other addresses, or take the ranges out of the CNI configuration first: they are gone half a minute after their last address is released',
    facts: { network: owner.network, shared },
  });
}

/** The pool of a network's ranges is what the network's configuration makes of it, or there is none. */
export function checkRangePool({ resource, value: { disabled } }: Parsed<Pool>, findings: Findings): void {
  const owner = rangesOwner(resource);
  if (owner?.node === undefined) return;
  if (isRangePool(resource) && (!disabled || heldStillBy(resource) !== undefined)) return;
  refuseByHand(findings, rangesTitle(owner));
}

function refuseByHand(findings: Findings, title: string): void {
  findings.add({
    code: 'invalid-config',
    message: `${title} are what the CNI configuration of the node says, and cannot be changed here`,
    advice: 'change the configuration: new Pods get addresses by it, and those that run keep theirs',
    facts: {},
  });
}

/** What would orphan an address that is out is refused. */
export function checkPoolChange(
  { resource: from, value: before }: Parsed<Pool>,
  { resource: to, value: after }: Parsed<Pool>,
  findings: Findings,
  { heldIn }: WriteFacts,
): void {
  const held = heldStillBy(to);
  if (held !== undefined && !after.disabled) {
    findings.refuse(
      `is held still by migration ${held.id}`,
      'finish the migration, or take it back with ipam-cli migrate --undo',
    );
    return;
  }
  // Whatever became of it is put right.
  if (isRangePool(to)) return;
  const owner = rangesOwner(from);
  if (owner?.node !== undefined && rangesOwner(to)?.node === undefined) {
    refuseByHand(findings, rangesTitle(owner));
    return;
  }
  const fixed: readonly [string, string, string][] = [
    ['spec.subnet', formatPrefix(before.subnet), formatPrefix(after.subnet)],
    ['spec.blockSize', String(before.blockSize ?? 'none'), String(after.blockSize ?? 'none')],
  ];
  const changed = fixed.filter(([, was, is]) => was !== is);
  for (const [field, was, is] of changed) {
    findings.refuse(
      `${field} cannot change from ${was} to ${is}`,
      'create another pool, move the applications over, and delete this one',
    );
  }
  if (changed.length > 0) return;
  // What the pool would not have given out before either (a migration brought it along), the change does not drop.
  const orphaned = formatRangeSet(subtract(intersect(heldIn(after.name), before.usable), after.usable));
  if (orphaned.length > 0) {
    findings.add({
      code: 'in-use',
      message: `${findings.subject}: the change drops addresses that are in use: ${brief(orphaned)}`,
      advice: 'release them first (ipam-cli addresses shows who holds them), or keep them in spec.ips',
      facts: { addresses: orphaned },
    });
  }
  const gateways = [before, after].map(({ gateway }) => (gateway === undefined ? 'none' : formatAddress(gateway)));
  if (gateways[0] !== gateways[1]) {
    findings.warn(`spec.gateway changes from ${gateways.join(' to ')}; Pods that run keep the former one`);
  }
}

/** Anything else goes when it is empty. What a file says of a network is not undone by deleting what was made of it. */
export function checkPoolDelete(before: Resource, findings: Findings, { heldIn }: WriteFacts): void {
  if (rangesOwner(before)?.node === undefined) return;
  const held = formatRangeSet(heldIn(before.metadata.name));
  if (held.length === 0) return;
  findings.add({
    code: 'in-use',
    message: `${findings.subject} still have addresses in use: ${brief(held)}`,
    advice: 'take them out of the CNI configuration: the pool goes by itself when its last address is released',
    facts: { addresses: held },
  });
}
