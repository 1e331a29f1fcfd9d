import { z } from 'zod';
import { type Address, formatAddress, parseAddress, sameAddress } from '../ip/address.ts';
import { readable } from '../ip/readable.ts';
import type { Allocation } from '../ipam/allocation.ts';
import { IpamError } from '../resources/errors.ts';
import { parseRequested } from './network-config.ts';

const prevResultSchema = z.looseObject({ ips: z.array(z.looseObject({ address: z.string() })).nullish() });

/**
 * CHECK: every address that the attachment holds must be in the result the runtime remembers, however it is written
 * there. The result may have more: a later plugin of the chain, or another IPAM, may have added some.
 * @throws IpamError invalid-config when there is no usable prevResult, conflict when an address is missing
 */
export function checkPrevResult(allocation: Allocation, prevResult: unknown): void {
  const outcome = prevResultSchema.safeParse(prevResult);
  if (!outcome.success) {
    throw new IpamError('invalid-config', 'CHECK needs the result of the ADD as "prevResult"');
  }
  const remembered = (outcome.data.ips ?? []).flatMap(({ address }) => readable(address, parseRequested) ?? []);
  const missing = allocation.addresses.filter(({ address }) => !isAmong(parseAddress(address), remembered));
  if (missing.length === 0) return;
  throw new IpamError(
    'conflict',
    `the container holds ${missing.map(({ address }) => address).join(', ')}, which prevResult does not have (${remembered.map(formatAddress).join(', ') || 'no address'})`,
    { facts: { cniCode: 106 } },
  );
}

function isAmong(address: Address, others: readonly Address[]): boolean {
  return others.some((other) => sameAddress(address, other));
}
