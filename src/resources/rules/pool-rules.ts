import { formatAddress } from '../../ip/address.ts';
import { formatPrefix, prefixesOverlap } from '../../ip/prefix.ts';
import { formatRangeSet, intersect, subtract } from '../../ip/range-set.ts';
import { heldStillBy } from '../migration-marks.ts';
import { networkLabel, type Pool, parsePool } from '../pool.ts';
import { brief, type Findings } from '../refusal.ts';
import type { Resource } from '../resource.ts';
import type { WriteFacts } from './write.ts';

/** Rules between a pool, the other pools, and the subnets. */
export function checkPoolAmongOthers(resource: Resource, findings: Findings, { pools, subnets }: WriteFacts): void {
  const pool = parsePool(resource);
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

/** No two pools offer one address: it could be given twice, under two gateways. Nor do they cut a network differently. */
function checkPoolPair(pool: Pool, other: Pool, findings: Findings): void {
  const shared = formatRangeSet(intersect(pool.usable, other.usable));
  if (shared.length > 0) {
    findings.add({
      code: 'invalid-config',
      message: `${findings.subject} overlaps SpiderIPPool "${other.name}": both offer ${brief(shared)}`,
      advice: 'give the pools different ranges with spec.ips or spec.excludeIPs',
      facts: { pool: other.name, shared },
    });
    return;
  }
  const [own, others] = [formatPrefix(pool.subnet), formatPrefix(other.subnet)];
  if (own === others || !prefixesOverlap(pool.subnet, other.subnet)) return;
  // Two networks of one machine may well be cut so, and always could.
  if (networkLabel in pool.labels || networkLabel in other.labels) return;
  findings.refuse(
    `spec.subnet ${own} overlaps spec.subnet ${others} of SpiderIPPool "${other.name}"`,
    'pools of one network have the same spec.subnet and different spec.ips',
  );
}

/** What would orphan an address that is out is refused. */
export function checkPoolChange(from: Resource, to: Resource, findings: Findings, { heldIn }: WriteFacts): void {
  const held = heldStillBy(to);
  if (held !== undefined && !parsePool(to).disabled) {
    findings.refuse(
      `is held still by migration ${held.id}`,
      'finish the migration, or take it back with ipam-cli migrate --undo',
    );
    return;
  }
  const [before, after] = [parsePool(from), parsePool(to)];
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
