import { type Family, formatAddress, parseAddress } from '../ip/address.ts';
import { type Prefix, parseMaskedPrefix } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import type { Resource, Stored } from '../resources/resource.ts';

/** One address of a node's pool, as `spec.ipam.pool` and `status.ipam.used` have it. */
export interface PoolEntry {
  /** `namespace/pod`: in the mode `crd` the agent gives it to that Pod and to no other. Empty: to anybody. */
  readonly owner: string;
  /** `namespace/Kind/name` of what the owner belongs to; empty: nothing is known. */
  readonly resource: string;
}

/**
 * How far the return of an address is, `status.ipam.release-ips`: the operator writes the first and the last, the agent what
 * is between. From the first on the agent gives the address to nobody that has no mark on it.
 */
export type ReleaseState = 'marked-for-release' | 'ready-for-release' | 'do-not-release' | 'released';

/** A CiliumNode (cilium.io/v2), as far as addresses go. What cannot be read is left out, and so left alone. */
export interface CiliumNode {
  readonly name: string;
  readonly version: string;
  readonly podCIDRs: readonly Prefix[];
  /** Those that cannot be read count: they are somebody's. */
  readonly hasUnreadableCIDRs: boolean;
  /** By address, as Go writes it. */
  readonly pool: ReadonlyMap<string, PoolEntry>;
  readonly used: ReadonlyMap<string, PoolEntry>;
  readonly releases: ReadonlyMap<string, ReleaseState>;
  /** The objects as they stand, for patches that name what they saw. */
  readonly raw: {
    readonly podCIDRs: readonly string[] | undefined;
    readonly pool: Readonly<Record<string, unknown>> | undefined;
    readonly releases: Readonly<Record<string, unknown>> | undefined;
  };
}

interface CiliumNodeObject {
  readonly spec?: {
    readonly ipam?: { readonly pool?: Readonly<Record<string, unknown>>; readonly podCIDRs?: readonly string[] };
  };
  readonly status?: {
    readonly ipam?: {
      readonly used?: Readonly<Record<string, unknown>>;
      readonly 'release-ips'?: Readonly<Record<string, unknown>>;
    };
  };
}

const releaseStates: ReadonlySet<unknown> = new Set<ReleaseState>([
  'marked-for-release',
  'ready-for-release',
  'do-not-release',
  'released',
]);

export function readCiliumNode(resource: Stored<Resource>): CiliumNode {
  const { spec, status } = resource as CiliumNodeObject;
  const { pool, podCIDRs } = spec?.ipam ?? {};
  const { used, 'release-ips': releases } = status?.ipam ?? {};
  const prefixes = (podCIDRs ?? []).map((text) => readable(text, parseMaskedPrefix));
  return {
    name: resource.metadata.name,
    version: resource.metadata.resourceVersion,
    podCIDRs: prefixes.filter((prefix) => prefix !== undefined),
    hasUnreadableCIDRs: prefixes.includes(undefined),
    pool: entriesOf(pool),
    used: entriesOf(used),
    releases: new Map(
      Object.entries(releases ?? {}).filter((entry): entry is [string, ReleaseState] => releaseStates.has(entry[1])),
    ),
    raw: { podCIDRs, pool, releases },
  };
}

function entriesOf(map: Readonly<Record<string, unknown>> = {}): ReadonlyMap<string, PoolEntry> {
  return new Map(
    Object.entries(map).flatMap(([address, value]) => {
      if (familyOf(address) === undefined) return [];
      const { owner, resource } = (value ?? {}) as Readonly<Record<string, unknown>>;
      return [[address, { owner: textOr(owner), resource: textOr(resource) }] as const];
    }),
  );
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** @returns undefined: it is no address, or not as Go writes it */
export function familyOf(text: string): Family | undefined {
  const address = readable(text, parseAddress);
  return address !== undefined && formatAddress(address) === text ? address.family : undefined;
}
