import type { Family } from '../../ip/address.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { objectNamePattern } from '../../resources/names.ts';
import { ownValue } from '../../resources/own-value.ts';

/** Cilium's annotations of Pods and namespaces (its multi-pool IPAM): which of its pools an interface's addresses come from. */
export const annotationNames = {
  pool: 'ipam.cilium.io/ip-pool',
  ipv4Pool: 'ipam.cilium.io/ipv4-pool',
  ipv6Pool: 'ipam.cilium.io/ipv6-pool',
  requirePoolMatch: 'ipam.cilium.io/require-pool-match',
} as const;

const byFamily: Readonly<Record<Family, string>> = { 4: annotationNames.ipv4Pool, 6: annotationNames.ipv6Pool };

/** A pool that somebody named. */
export interface NamedPool {
  readonly name: string;
  /** Where it is written, for messages. */
  readonly origin: string;
}

/**
 * An empty text names none, as in Cilium; that of the family wins.
 * @param subject whose annotations they are, for messages @returns undefined: none is named @throws IpamError invalid-config
 */
export function poolNamed(annotations: Labels, family: Family, subject: string): NamedPool | undefined {
  for (const annotation of [byFamily[family], annotationNames.pool]) {
    const name = ownValue(annotations, annotation);
    if (name === undefined || name === '') continue;
    const origin = `annotation ${annotation} of ${subject}`;
    if (name.length <= 253 && objectNamePattern.test(name)) return { name, origin };
    throw new IpamError('invalid-config', `${origin}: ${JSON.stringify(name)} is not a valid name of a pool`, {
      advice: 'it is the name of one pool, of lower-case letters, digits, "-" and "."',
      facts: { annotation },
    });
  }
  return undefined;
}

/** Everything else than `true` is no, as in Cilium. @returns where it is written; undefined: it is not asked */
export function matchRequired(annotations: Labels, subject: string): string | undefined {
  if (ownValue(annotations, annotationNames.requirePoolMatch) !== 'true') return undefined;
  return `annotation ${annotationNames.requirePoolMatch} of ${subject}`;
}
