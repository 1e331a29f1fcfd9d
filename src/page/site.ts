import type { ErrorCode } from '../resources/errors.ts';
import { IpamError } from '../resources/errors.ts';
import { addressPage } from './address.ts';
import { eventsPage } from './events.ts';
import { html } from './html.ts';
import { mapPage } from './map.ts';
import { networkPage } from './network.ts';
import { nodePage } from './node.ts';
import { overview } from './overview.ts';
import { placesIn, type Route, type View } from './page.ts';
import { said } from './parts.ts';
import { podPage } from './pod.ts';
import { poolPage } from './pool.ts';
import { quarantineRoutes } from './quarantine.ts';
import { search } from './search.ts';
import type { Texts } from './texts-en.ts';

/** Every page. */
export const routes: readonly Route[] = [
  overview,
  search,
  poolPage,
  addressPage,
  podPage,
  nodePage,
  networkPage,
  mapPage,
  eventsPage,
  ...quarantineRoutes,
];

export interface Found {
  readonly route: Route;
  readonly places: readonly string[];
}

/** @param path without a query @throws IpamError not-found */
export function routeTo(method: string, path: string): Found {
  for (const route of routes) {
    const places = route.method === method ? placesIn(route.pattern, path) : undefined;
    if (places !== undefined) return { route, places };
  }
  throw new IpamError('not-found', `there is no page ${path.slice(0, 200)}`);
}

/** What is not in it went wrong here: 500. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  'invalid-argument': 400,
  'permission-denied': 403,
  'not-found': 404,
  'already-exists': 409,
  conflict: 409,
  'in-use': 409,
  'invalid-config': 422,
  'rate-limited': 429,
  'not-ready': 503,
  'store-unavailable': 503,
  'storage-full': 503,
};

/** What did not work, and what to do about it. */
export function failure(texts: Texts, { code, message, advice }: IpamError): View & { readonly status: number } {
  return {
    title: texts.failed,
    status: statuses[code] ?? 500,
    main: html`<p>${said(message)}</p>${advice === '' ? '' : html`<p>${texts.advice}: ${said(advice)}</p>`}
${code === 'permission-denied' ? html`<p>${texts.stranger}</p>` : ''}<p><a href="/">${texts.back}</a></p>`,
  };
}
