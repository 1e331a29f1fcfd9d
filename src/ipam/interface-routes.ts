import { parseAddress } from '../ip/address.ts';
import { prefixContains, prefixOf } from '../ip/prefix.ts';
import type { AnnotatedRoute } from '../resources/annotations.ts';
import type { HeldAddress, Route } from './allocation.ts';

/** What a request and the Pod's annotations say about the routes of an interface. */
export interface RouteWishes {
  /** In place of the pools' own, family by family. */
  readonly routes?: readonly Route[];
  /** Of the Pod, on top: each goes to the interface that reaches its gateway. */
  readonly annotated: readonly AnnotatedRoute[];
  /** Add the default route by each address's gateway, unless there is one already. */
  readonly defaultRoute: boolean;
  /** The interface gets no gateway, and no default route by one. */
  readonly cleanGateway: boolean;
}

/** The address with the gateway and the routes that its interface is to have. */
export function withRoutes(held: HeldAddress, wishes: RouteWishes): HeldAddress {
  const { routes, annotated, defaultRoute, cleanGateway } = wishes;
  const isOfFamily = ({ dst }: Route): boolean => dst.includes(':') === held.address.includes(':');
  const own = routes === undefined ? held.routes : routes.filter(isOfFamily);
  const onLink = annotated.length === 0 ? [] : annotated.filter((route) => isOfFamily(route) && reaches(held, route));
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

function reaches({ address, prefixLength }: HeldAddress, { gw }: AnnotatedRoute): boolean {
  return prefixContains(prefixOf(parseAddress(address), prefixLength), parseAddress(gw));
}
