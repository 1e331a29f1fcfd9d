import { type Family, parseAddress } from '../ip/address.ts';
import type { Allocation, HeldAddress } from '../ipam/allocation.ts';
import type { Dns } from './resolv-conf.ts';
import { type CniVersion, isAtLeast } from './version.ts';

interface ResultRoute {
  readonly dst: string;
  readonly gw?: string;
}

/** The result of an IPAM plugin in the form of the configuration's version (section 5 of each specification). */
export function ipamResult(allocation: Allocation, dns: Dns, version: CniVersion): object {
  return isAtLeast(version, '0.3.0') ? currentResult(allocation, dns, version) : earlyResult(allocation, dns, version);
}

/** 0.3.0 and later: lists of addresses and routes; up to 0.4.0 each address names its family. */
function currentResult({ addresses }: Allocation, dns: Dns, version: CniVersion): object {
  const named = !isAtLeast(version, '1.0.0');
  return {
    cniVersion: version,
    ips: addresses.map((held) => ({
      ...(named ? { version: String(familyOf(held)) } : {}),
      address: `${held.address}/${held.prefixLength}`,
      ...(held.gateway === undefined ? {} : { gateway: held.gateway }),
    })),
    routes: distinctRoutes(addresses),
    dns,
  };
}

/** 0.1.0 and 0.2.0: one address of each family, each with its routes. */
function earlyResult({ addresses }: Allocation, dns: Dns, version: CniVersion): object {
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

function distinctRoutes(addresses: readonly HeldAddress[]): readonly ResultRoute[] {
  const routes = new Map<string, ResultRoute>();
  for (const held of addresses) for (const route of held.routes) routes.set(`${route.dst} ${route.gw ?? ''}`, route);
  return [...routes.values()];
}

function familyOf({ address }: HeldAddress): Family {
  return parseAddress(address).family;
}
