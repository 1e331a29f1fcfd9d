import { z } from 'zod';
import type { Address, Family } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import { type RangeSet, subtract } from '../ip/range-set.ts';
import { addressPlanShape, readAddressPlan } from './address-plan.ts';
import { Findings } from './refusal.ts';
import type { Resource } from './resource.ts';
import { parseWith, strictObject } from './schema.ts';
import { statusCountSchema } from './status-count.ts';

export const subnetKind = 'SpiderSubnet';

/** Spiderpool's SubnetSpec (v2beta1): addresses that pools are cut from. */
export const subnetSpecSchema = strictObject(addressPlanShape);

const count = statusCountSchema.optional();

/** Derived, as Spiderpool publishes it. */
export const subnetStatusSchema = strictObject({
  controlledIPPools: z.string().optional().describe('JSON text: which addresses each pool has.'),
  totalIPCount: count.describe('Addresses that pools may have.'),
  allocatedIPCount: count.describe('Addresses that pools have.'),
});

export type SubnetSpec = z.output<typeof subnetSpecSchema>;

/** A subnet as the centre uses it. */
export interface Subnet {
  readonly name: string;
  readonly family: Family;
  readonly prefix: Prefix;
  /** What its pools may have. */
  readonly controlled: RangeSet;
  readonly gateway: Address | undefined;
}

/** @throws IpamError invalid-config, naming the subnet, the field, the value and the rule */
export function parseSubnet(resource: Resource): Subnet {
  const findings = new Findings(`${subnetKind} "${resource.metadata.name}"`);
  const spec = parseWith(subnetSpecSchema, resource.spec, `${findings.subject}: spec`);
  const { family, subnet, listed, excluded, gateway } = readAddressPlan(spec, findings);
  findings.requireNone();
  return { name: resource.metadata.name, family, prefix: subnet, controlled: subtract(listed, excluded), gateway };
}
