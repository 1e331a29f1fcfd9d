import type { ClusterwideAdministration } from '../ipam/cluster-port.ts';
import type { ResourceAdministration } from '../ipam/resource-port.ts';
import type { TopologyAdministration } from '../topology/port.ts';
import type { Html } from './html.ts';
import type { Texts } from './texts-en.ts';
import type { Visitor } from './visitor.ts';

/** What pages show. */
export interface Shown {
  readonly administration: ClusterwideAdministration;
  readonly topology: Pick<TopologyAdministration, 'show'>;
  readonly resources: Pick<ResourceAdministration, 'list'>;
  readonly actions: Actions;
}

/** What pages change. Texts are as they were typed in. */
export interface Actions {
  /** @throws IpamError invalid-argument, and as Administration.quarantine */
  quarantine(address: string, reason: string, seconds: string): Promise<void>;
  /** @throws IpamError invalid-argument, and as Administration.lift */
  lift(address: string): Promise<void>;
}

/** What a browser asks for. */
export interface Asked {
  /** What the route's pattern has in its places, decoded. */
  readonly places: readonly string[];
  readonly query: URLSearchParams;
  /** Of a form that was sent; empty otherwise. */
  readonly form: URLSearchParams;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly visitor: Visitor;
  readonly texts: Texts;
}

/** A page, or where to go instead. */
export type View =
  | {
      readonly title: string;
      readonly main: Html;
      /** 200 when it is left out. */
      readonly status?: number;
      /** Is it shown anew when an allocation changes? */
      readonly isLive?: boolean;
    }
  | { readonly goTo: string };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Places are `:name`. */
  readonly pattern: string;
  /** Methods of gRPC that tell or do the same: who may call them all may see the page, and it counts as a call of the first. */
  readonly calls: readonly [string, ...string[]];
  readonly show: (asked: Asked, shown: Shown) => Promise<View>;
}

/** The places of a path in a pattern; undefined: it is another. */
export function placesIn(pattern: string, path: string): readonly string[] | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const places: string[] = [];
  for (const [index, part] of wanted.entries()) {
    const one = given[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== one) return undefined;
      continue;
    }
    const place = decoded(one);
    if (place === undefined || place === '') return undefined;
    places.push(place);
  }
  return places;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // Not what any page links to.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** A path with places filled in: each part is encoded. */
export function pathTo(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`;
}
