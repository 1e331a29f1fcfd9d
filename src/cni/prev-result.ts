import { z } from 'zod';
import type { Allocation } from '../ipam/allocation.ts';
import { IpamError } from '../resources/errors.ts';

const prevResultSchema = z.looseObject({ ips: z.array(z.looseObject({ address: z.string() })).optional() });

/**
 * CHECK: every address that the attachment holds must be in the result the runtime remembers. The result may
 * have more: a later plugin of the chain, or another IPAM, may have added some.
 * @throws IpamError invalid-config when there is no usable prevResult, conflict when an address is missing
 */
export function checkPrevResult(allocation: Allocation, prevResult: unknown): void {
  const outcome = prevResultSchema.safeParse(prevResult);
  if (!outcome.success) {
    throw new IpamError('invalid-config', 'CHECK needs the result of the ADD as "prevResult"');
  }
  const remembered = new Set(
    (outcome.data.ips ?? []).map(({ address }) => address.replace(/\/\d+$/, '').toLowerCase()),
  );
  const missing = allocation.addresses.filter(({ address }) => !remembered.has(address));
  if (missing.length === 0) return;
  throw new IpamError(
    'conflict',
    `the container holds ${missing.map(({ address }) => address).join(', ')}, which prevResult does not have (${[...remembered].join(', ') || 'no address'})`,
    { facts: { cniCode: 106 } },
  );
}
