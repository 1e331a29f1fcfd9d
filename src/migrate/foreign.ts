import type { Address } from '../ip/address.ts';
import type { Attachment, PodRef } from '../ipam/attachment.ts';
import type { Owner } from '../ipam/bind/identity.ts';

/** One address that another IPAM has given to a container. */
export interface ForeignLease {
  readonly address: Address;
  readonly attachment: Attachment;
  readonly pod?: PodRef;
  /** For whom it stays when its container goes; absent: for nobody. */
  readonly owner?: Owner;
  readonly netns?: string;
  /** When it was given, milliseconds since 1970; undefined: it does not say. */
  readonly at: number | undefined;
  /** Names of the pools that may have it, the likeliest first. */
  readonly pools: readonly string[];
  /** Where it is written, for messages: `file net/10.1.0.5`. */
  readonly origin: string;
}

/** Who keeps the record of what another IPAM gave, when that does not tell: no node, so a controller looks at the Pod. */
export const nobodysNode = 'migrated';

/** When nobody knows when an address was given: before every record. */
export const longAgo = 0;

/** `namespace/name`, as many write a Pod. */
export function podOfText(text: string | undefined, uid = ''): PodRef | undefined {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text ?? '') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name, uid };
}
