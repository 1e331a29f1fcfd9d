import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { prefixContains, prefixOf } from '../ip/prefix.ts';
import type { HeldAddress, Route } from './allocation.ts';
import type { InterfaceRequest, PodRoute } from './request.ts';

const none: readonly PodRoute[] = [];

/** What a request says about the routes of an interface. */
export type RouteRequest = Pick<InterfaceRequest, 'routes' | 'podRoutes' | 'defaultRoute' | 'cleanGateway'>;

/**
 * The address with the gateway and the routes that its interface is to have.
 * @param gateway in the place of the pool's
 */
export function withRoutes(of: HeldAddress, asked: RouteRequest, gateway?: Address): HeldAddress {
  const held = gateway === undefined ? of : { ...of, gateway: formatAddress(gateway) };
  const { routes, podRoutes = none, defaultRoute = false, cleanGateway = false } = asked;
  const isOfFamily = ({ dst }: Route): boolean => dst.includes(':') === held.address.includes(':');
  const own = routes === undefined ? held.routes : routes.filter(isOfFamily);
  const onLink = podRoutes.length === 0 ? [] : podRoutes.filter((route) => isOfFamily(route) && reaches(held, route));
  const all = onLink.length === 0 ? own : [...own, ...onLink];
  if (cleanGateway) return withoutGateway({ ...held, routes: all });
  if (!defaultRoute || held.gateway === undefined || all.some(({ dst }) => dst.endsWith('/0'))) {
    return all === held.routes ? held : { ...held, routes: all };
  }
  const dst = held.address.includes(':') ? '::/0' : '0.0.0.0/0';
  return { ...held, routes: [...all, { dst, gw: held.gateway }] };
}

/** A route by "the address's own gateway" has to name it when the address has none any more. */
function withoutGateway({ gateway, routes, ...rest }: HeldAddress): HeldAddress {
  return { ...rest, routes: routes.map(({ dst, gw = gateway }) => (gw === undefined ? { dst } : { dst, gw })) };
}

function reaches({ address, prefixLength }: HeldAddress, { gw }: PodRoute): boolean {
  return prefixContains(prefixOf(parseAddress(address), prefixLength), parseAddress(gw));
}
