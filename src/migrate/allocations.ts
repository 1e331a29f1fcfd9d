import { compareAddresses, formatAddress } from '../ip/address.ts';
import { emptyRangeSet } from '../ip/range-set.ts';
import type { Allocation, HeldAddress, Route } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import { sharedLayout } from '../ipam/claim/layout.ts';
import { withRoutes } from '../ipam/interface-routes.ts';
import { longAgo } from './foreign.ts';
import type { PlacedLease } from './import-leases.ts';

/**
 * What another IPAM has given out as the record of this node's daemon has it: one entry for each interface.
 * @param routesOf what the interfaces of a network get; undefined: the pools' own
 */
export function allocationsOf(
  placed: readonly PlacedLease[],
  node: string,
  routesOf: (network: string) => readonly Route[] | undefined,
): readonly Allocation[] {
  const byAttachment = Map.groupBy(placed, ({ lease }) => attachmentKey(lease.attachment));
  return [...byAttachment.values()].flatMap((own): Allocation[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { attachment, pod, netns = '', at } = first.lease;
    const addresses = own
      .toSorted((a, b) => compareAddresses(a.lease.address, b.lease.address))
      .map((one) => heldOf(one, routesOf(attachment.network)));
    return [{ attachment, node, ...(pod === undefined ? {} : { pod }), netns, addresses, createdAt: at ?? longAgo }];
  });
}

function heldOf(
  { lease: { address }, place: { pool } }: PlacedLease,
  routes: readonly Route[] | undefined,
): HeldAddress {
  const { prefixLength, gateway } = sharedLayout(pool, emptyRangeSet);
  const held: HeldAddress = {
    address: formatAddress(address),
    prefixLength,
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    pool: pool.name,
    routes: pool.routes,
  };
  return withRoutes(held, routes === undefined ? {} : { routes });
}
