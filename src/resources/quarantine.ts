import { type Address, formatAddress } from '../ip/address.ts';
import { addressName } from './names.ts';
import { spiderpoolVersion } from './pool.ts';
import { type ReservedIPResource, type ReservedIPSpec, reservedIPKind } from './reserved-ip.ts';
import type { Resource } from './resource.ts';

/** Addresses that are withheld because somebody outside was found to use them. */
export interface Quarantine {
  readonly reason: string;
  /** Milliseconds since 1970; undefined: until somebody lifts it. */
  readonly until: number | undefined;
}

export function quarantineName(address: Address): string {
  return `quarantine-${addressName(address)}`;
}

/** A quarantine is a reservation with a reason: every daemon follows those already, and every tool shows them. */
export function newQuarantine(address: Address, { reason, until }: Quarantine): ReservedIPResource {
  return {
    apiVersion: spiderpoolVersion,
    kind: reservedIPKind,
    metadata: { name: quarantineName(address) },
    spec: {
      ipVersion: address.family,
      ips: [formatAddress(address)],
      quarantine: { reason, ...(until === undefined ? {} : { until: new Date(until).toISOString() }) },
    },
  };
}

export function isQuarantine({ spec }: Resource): boolean {
  return quarantineOf(spec as ReservedIPSpec) !== undefined;
}

/** Undefined: the addresses are reserved by plan. */
export function quarantineOf({ quarantine }: ReservedIPSpec): Quarantine | undefined {
  if (quarantine === undefined) return undefined;
  const { reason, until } = quarantine;
  return { reason, until: until === undefined ? undefined : Date.parse(until) };
}
