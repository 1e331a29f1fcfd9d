import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { containsAddress, emptyRangeSet } from '../ip/range-set.ts';
import type { Allocation, HeldAddress, Route } from '../ipam/allocation.ts';
import { type Attachment, attachmentKey, type PodRef } from '../ipam/attachment.ts';
import { withRoutes } from '../ipam/interface-routes.ts';
import { sharedLayout } from '../ipam/layout.ts';
import { type Claim, newClaim } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { createdAnnotation } from '../resources/migration-marks.ts';
import { type Pool, type PoolResource, parsePool } from '../resources/pool.ts';

/** One address that another IPAM has given to a container. */
export interface ForeignLease {
  readonly address: Address;
  readonly attachment: Attachment;
  readonly pod?: PodRef;
  readonly netns?: string;
  /** When it was given, milliseconds since 1970; undefined: it does not say. */
  readonly at: number | undefined;
}

/** Who keeps the record of what another IPAM gave, when that does not tell: no node, so a controller looks at the Pod. */
export const nobodysNode = 'migrated';

/** When nobody knows when an address was given: before every record. */
const longAgo = 0;

/**
 * Claims for what another IPAM has given out.
 * @param daemon whose record stands, or will stand, behind the claims
 * @throws IpamError address-not-allowed: addresses that no pool has
 */
export function claimsOf(
  leases: readonly ForeignLease[],
  pools: readonly PoolResource[],
  daemon: string,
): readonly Claim[] {
  const parsed = pools.map(parsePool);
  requirePlaced(leases, parsed);
  return leases.map(({ address, attachment, pod, at }) => {
    const claim = newClaim({
      address: formatAddress(address),
      pool: poolOf(address, parsed)?.name ?? '',
      node: daemon,
      daemon,
      ...attachment,
      ...(pod === undefined ? {} : { podNamespace: pod.namespace, podName: pod.name }),
      ...(pod === undefined || pod.uid === '' ? {} : { podUid: pod.uid }),
    });
    const born = new Date(at ?? longAgo).toISOString();
    return { ...claim, metadata: { ...claim.metadata, annotations: { [createdAnnotation]: born } } };
  });
}

/** The same leases as the record of this node's daemon has them: one entry for each interface. */
export function allocationsOf(
  leases: readonly ForeignLease[],
  pools: readonly PoolResource[],
  node: string,
  routes: readonly Route[] | undefined,
): readonly Allocation[] {
  const parsed = pools.map(parsePool);
  const byAttachment = Map.groupBy(leases, ({ attachment }) => attachmentKey(attachment));
  return [...byAttachment.values()].flatMap((own): Allocation[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { attachment, pod, netns = '', at } = first;
    const addresses = own
      .toSorted((a, b) => a.address.family - b.address.family || (a.address.value < b.address.value ? -1 : 1))
      .map(({ address }) => heldOf(address, parsed, routes));
    return [{ attachment, node, ...(pod === undefined ? {} : { pod }), netns, addresses, createdAt: at ?? longAgo }];
  });
}

function heldOf(address: Address, pools: readonly Pool[], routes: readonly Route[] | undefined): HeldAddress {
  const pool = poolOf(address, pools);
  if (pool === undefined) throw new Error(`${formatAddress(address)} has no pool`);
  const { prefixLength, gateway } = sharedLayout(pool, emptyRangeSet);
  const held: HeldAddress = {
    address: formatAddress(address),
    prefixLength,
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    pool: pool.name,
    routes: pool.routes,
  };
  return withRoutes(held, {
    ...(routes === undefined ? {} : { routes }),
    annotated: [],
    defaultRoute: false,
    cleanGateway: false,
  });
}

function poolOf(address: Address, pools: readonly Pool[]): Pool | undefined {
  return pools.find(({ usable }) => containsAddress(usable, address));
}

function requirePlaced(leases: readonly ForeignLease[], pools: readonly Pool[]): void {
  const homeless = leases.filter(({ address }) => poolOf(address, pools) === undefined);
  const [first] = homeless;
  if (first === undefined) return;
  const some = homeless.slice(0, 5).map(({ address }) => formatAddress(address));
  const more = homeless.length > some.length ? `, and ${homeless.length - some.length} more` : '';
  throw new IpamError('address-not-allowed', `no pool has ${some.join(', ')}${more}, which the source has given out`, {
    advice:
      'name the network configuration that they come from with --network-config, or the subnet with --pool-for 10.1.0.0/24',
    facts: { addresses: homeless.map(({ address }) => formatAddress(address)) },
  });
}

/** `namespace/name`, as many write a Pod. */
export function podOfText(text: string | undefined, uid = ''): PodRef | undefined {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text ?? '') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name, uid };
}

/** Undefined: the text is no address. */
export function addressOrNone(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch {
    return undefined;
  }
}
