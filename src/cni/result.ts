import { type Family, parseAddress } from '../ip/address.ts';
import type { Allocation, HeldAddress, Route } from '../ipam/allocation.ts';
import type { Dns } from './resolv-conf.ts';
import { type CniVersion, isAtLeast } from './version.ts';

/** A route of a configuration, with what 1.1.0 lets it say. Absent or 0 is not said, but for table and scope. */
export interface ConfiguredRoute {
  readonly dst: string;
  readonly gw?: string | undefined;
  readonly mtu?: number | undefined;
  readonly advmss?: number | undefined;
  readonly priority?: number | undefined;
  readonly table?: number | undefined;
  readonly scope?: number | undefined;
}

/** What a result says beside the addresses. */
export interface ResultFacts {
  readonly dns: Dns;
  /** `ipam.routes`: handed on as they are, for whoever wires the interface. */
  readonly routes?: readonly ConfiguredRoute[] | undefined;
}

/** The result of an IPAM plugin in the form of the configuration's version (section 5 of each specification). */
export function ipamResult(allocation: Allocation, facts: ResultFacts, version: CniVersion): object {
  return isAtLeast(version, '0.3.0')
    ? currentResult(allocation, facts, version)
    : earlyResult(allocation, facts, version);
}

/** 0.3.0 and later: lists of addresses and routes; up to 0.4.0 each address names its family. */
function currentResult({ addresses }: Allocation, { dns, routes }: ResultFacts, version: CniVersion): object {
  const named = !isAtLeast(version, '1.0.0');
  return {
    cniVersion: version,
    ips: addresses.map((held) => ({
      ...(named ? { version: String(familyOf(held)) } : {}),
      address: `${held.address}/${held.prefixLength}`,
      ...(held.gateway === undefined ? {} : { gateway: held.gateway }),
    })),
    routes: resultRoutes(distinctRoutes(addresses), routes ?? []),
    dns,
  };
}

/** 0.1.0 and 0.2.0: one address of each family, each with its routes, which have no attributes. */
function earlyResult({ addresses }: Allocation, { dns }: ResultFacts, version: CniVersion): object {
  const side = (family: Family): object | undefined => {
    const held = addresses.find((one) => familyOf(one) === family);
    if (held === undefined) return undefined;
    return {
      ip: `${held.address}/${held.prefixLength}`,
      ...(held.gateway === undefined ? {} : { gateway: held.gateway }),
      routes: held.routes,
    };
  };
  const [ip4, ip6] = [side(4), side(6)];
  return { cniVersion: version, ...(ip4 === undefined ? {} : { ip4 }), ...(ip6 === undefined ? {} : { ip6 }), dns };
}

/**
 * The configuration's routes first, as host-local hands them on: also those of a family without an address, which may be
 * another plugin's. Then what annotations and the default route have put on top.
 */
function resultRoutes(held: readonly Route[], configured: readonly ConfiguredRoute[]): readonly ConfiguredRoute[] {
  const left = [...held];
  const own = configured.map(({ dst, gw, mtu, advmss, priority, table, scope }) => {
    const index = left.findIndex((route) => route.dst === dst && (gw === undefined || route.gw === gw));
    // An interface without a gateway has routes that name it.
    const [{ gw: router = gw } = {}] = index < 0 ? [] : left.splice(index, 1);
    return {
      dst,
      ...(router === undefined ? {} : { gw: router }),
      ...(mtu ? { mtu } : {}),
      ...(advmss ? { advmss } : {}),
      ...(priority ? { priority } : {}),
      ...(table === undefined ? {} : { table }),
      ...(scope === undefined ? {} : { scope }),
    };
  });
  return [...own, ...left];
}

function distinctRoutes(addresses: readonly HeldAddress[]): readonly Route[] {
  const routes = new Map<string, Route>();
  for (const held of addresses) for (const route of held.routes) routes.set(`${route.dst} ${route.gw ?? ''}`, route);
  return [...routes.values()];
}

function familyOf({ address }: HeldAddress): Family {
  return parseAddress(address).family;
}
