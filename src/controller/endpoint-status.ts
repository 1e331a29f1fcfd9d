import { type Address, familyBits, formatAddress, parseAddress } from '../ip/address.ts';
import { readable } from '../ip/readable.ts';
import type { Claim, ClaimSpec } from '../resources/claim.ts';
import type { Pool } from '../resources/pool.ts';
import type { Stored } from '../resources/resource.ts';
import type { EndpointStatus, InterfaceAddresses } from './objects.ts';

/** Who keeps a Pod: its topmost controller. */
export interface PodOwner {
  /** `Deployment`, `StatefulSet`, …; `Pod` for one that nobody keeps; `None` when the Pod cannot be found. */
  readonly kind: string;
  readonly name: string;
}

export interface EndpointFacts {
  /** All of the Pod with this uid: see `claimsOfLatest`. */
  readonly claims: readonly Stored<Claim>[];
  readonly poolOf: (name: string) => Pool | undefined;
  readonly owner: PodOwner;
  /** What is on record now. */
  readonly present: EndpointStatus | undefined;
}

export interface DerivedEndpoint {
  readonly status: EndpointStatus;
  /** Claims that cannot be read, as sentences. */
  readonly problems: readonly string[];
}

/**
 * Pods of a StatefulSet come again under one name, and claims of the former may still be there. The identity is
 * the uid: of the Pod that lives now, or else of the youngest claim.
 */
export function claimsOfLatest(
  claims: Iterable<Stored<Claim>>,
  isLive: (podUid: string) => boolean,
): readonly Stored<Claim>[] {
  const byUid = Map.groupBy(claims, ({ spec }) => spec.podUid ?? '');
  for (const [uid, group] of byUid) if (isLive(uid)) return group;
  const youngest = (group: readonly Stored<Claim>[]): string =>
    group
      .map(({ metadata }) => metadata.creationTimestamp)
      .toSorted()
      .at(-1) ?? '';
  let found: readonly Stored<Claim>[] = [];
  for (const group of byUid.values()) if (found.length === 0 || youngest(group) > youngest(found)) found = group;
  return found;
}

/** What a Pod's endpoint should say. @returns undefined when no claim of it can be read */
export function endpointStatus({ claims, poolOf, owner, present }: EndpointFacts): DerivedEndpoint | undefined {
  const problems: string[] = [];
  const interfaces = new Map<string, InterfaceAddresses>();
  const inOrder = claims.toSorted((a, b) => (sortKey(a.spec) < sortKey(b.spec) ? -1 : 1));
  let first: ClaimSpec | undefined;
  for (const { metadata, spec } of inOrder) {
    const address = readable(spec.address, parseAddress);
    if (address === undefined || spec.ifname === undefined) {
      problems.push(`IPClaim "${metadata.name}" has no address or interface that can be read`);
      continue;
    }
    first ??= spec;
    const addresses = addressesOf(address, spec.pool, poolOf(spec.pool));
    interfaces.set(spec.ifname, { ...interfaces.get(spec.ifname), ...addresses, interface: spec.ifname });
  }
  if (first === undefined) return undefined;
  const uid = first.podUid ?? '';
  // The gateway and routes of its pool at its start stay its own, however the pool changes later.
  const told = present?.current.uid === uid ? present.current.ips : [];
  const ips = [...interfaces.values()].map((entry) => told.find((former) => isSameGrant(former, entry)) ?? entry);
  const current = { uid, node: first.node, ips };
  return { status: { current, ownerControllerType: owner.kind, ownerControllerName: owner.name }, problems };
}

function addressesOf(
  address: Address,
  poolName: string,
  pool: Pool | undefined,
): Omit<InterfaceAddresses, 'interface'> {
  const length = pool?.subnet.length ?? familyBits(address.family);
  const text = `${formatAddress(address)}/${length}`;
  const gateway = pool?.gateway === undefined ? undefined : formatAddress(pool.gateway);
  // Published routes have a next hop; those without one are directly on the interface.
  const routes = (pool?.routes ?? []).flatMap(({ dst, gw }) => (gw === undefined ? [] : [{ dst, gw }]));
  const family =
    address.family === 4
      ? { ipv4: text, ipv4Pool: poolName, ...(gateway === undefined ? {} : { ipv4Gateway: gateway }) }
      : { ipv6: text, ipv6Pool: poolName, ...(gateway === undefined ? {} : { ipv6Gateway: gateway }) };
  return { ...family, vlan: pool?.vlan ?? 0, cleanGateway: false, ...(routes.length === 0 ? {} : { routes }) };
}

function isSameGrant(a: InterfaceAddresses, b: InterfaceAddresses): boolean {
  const grant = ({ ipv4 = '', ipv6 = '', ipv4Pool, ipv6Pool, interface: name }: InterfaceAddresses): string =>
    JSON.stringify([name, ipv4.split('/')[0], ipv4Pool, ipv6.split('/')[0], ipv6Pool]);
  return grant(a) === grant(b);
}

function sortKey({ ifname, address }: ClaimSpec): string {
  return `${ifname} ${address}`;
}
