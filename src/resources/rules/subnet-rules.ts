import { formatPrefix, prefixesOverlap } from '../../ip/prefix.ts';
import { formatRangeSet, subtract } from '../../ip/range-set.ts';
import { networkLabel } from '../ranges-owner.ts';
import { brief, type Findings } from '../refusal.ts';
import { parseWith } from '../schema.ts';
import { type Subnet, subnetSpecSchema } from '../subnet.ts';
import { checkPlanShape } from './plan-shape.ts';
import type { Parsed, WriteFacts } from './write.ts';

/** What a subnet may not be written like, although an older one may be so. */
export function checkSubnetShape({ resource }: Parsed<Subnet>, findings: Findings, { families }: WriteFacts): void {
  checkPlanShape(parseWith(subnetSpecSchema, resource.spec, `${findings.subject}: spec`), findings, families);
}

/** Rules between a subnet, the other subnets, and the pools. */
export function checkSubnetAmongOthers({ value: subnet }: Parsed<Subnet>, findings: Findings, facts: WriteFacts): void {
  const own = formatPrefix(subnet.prefix);
  for (const other of facts.subnets) {
    if (other.name === subnet.name || !prefixesOverlap(other.prefix, subnet.prefix)) continue;
    findings.refuse(
      `spec.subnet ${own} overlaps spec.subnet ${formatPrefix(other.prefix)} of SpiderSubnet "${other.name}"`,
      'one SpiderSubnet for each network: widen spec.ips of the one there is',
    );
  }
  for (const pool of facts.pools) {
    const others = formatPrefix(pool.subnet);
    if (own === others) {
      const lost = formatRangeSet(subtract(pool.usable, subnet.controlled));
      if (lost.length === 0) continue;
      findings.add({
        code: 'in-use',
        message: `${findings.subject} does not control ${brief(lost)}, which SpiderIPPool "${pool.name}" offers`,
        advice: "add them to spec.ips of the subnet, or take them out of the pool's first",
        facts: { pool: pool.name, addresses: lost },
      });
    } else if (prefixesOverlap(pool.subnet, subnet.prefix) && !(networkLabel in pool.labels)) {
      findings.refuse(
        `spec.subnet ${own} overlaps spec.subnet ${others} of SpiderIPPool "${pool.name}"`,
        'pools of a subnet have exactly its spec.subnet',
      );
    }
  }
}

export function checkSubnetChange(from: Parsed<Subnet>, to: Parsed<Subnet>, findings: Findings): void {
  const [was, is] = [from, to].map(({ value }) => formatPrefix(value.prefix));
  if (was === is) return;
  findings.refuse(
    `spec.subnet cannot change from ${was} to ${is}`,
    'create another subnet, and delete this one when no pool is left in it',
  );
}
