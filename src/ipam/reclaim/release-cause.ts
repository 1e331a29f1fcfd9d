import type { Claim } from '../../resources/claim.ts';
import type { HeldAddress } from '../allocation.ts';
import type { Attachment, PodRef } from '../attachment.ts';

/**
 * By which evidence an address came back: a closed set, which metrics have as a label and audit lines, Events and records of the past as
 * `reason`. docs/reclaim.md has what each must see, and when.
 */
export const releaseReasons = [
  // Somebody asked for it.
  'del',
  'gc',
  'call',
  'by-hand',
  'node-forgotten',
  // What an ADD took was not answered, or must not be kept.
  'add-failed',
  'conflict',
  // What tells that its container has ended.
  'pod-gone',
  'pod-finished',
  'pod-terminating',
  'sandbox-gone',
  'interface-missing',
  'node-rebooted',
  // What tells that its node has.
  'node-deleted',
  'node-not-ready',
  'pod-terminating-node-not-ready',
  // Nobody is there for whom it would be kept.
  'owner-deleted',
  'kept-long-enough',
  // Nothing stands behind a record.
  'orphaned-claim',
  'orphaned-endpoint',
] as const;

export type ReleaseReason = (typeof releaseReasons)[number];

export interface ReleaseCause {
  readonly reason: ReleaseReason;
  /** What was seen, in words; empty: the reason says it all. */
  readonly text: string;
}

/** What came back: an allocation, or what a claim says of one. */
export interface Released {
  readonly attachment: Attachment;
  readonly node: string;
  readonly pod?: PodRef | undefined;
  readonly addresses: readonly Pick<HeldAddress, 'address' | 'pool'>[];
}

export function releasedClaim({ spec }: Claim): Released {
  const { network, containerId, ifname, node, address, pool } = spec;
  const { podNamespace: namespace = '', podName: name = '', podUid: uid = '' } = spec;
  return {
    attachment: { network, containerId, ifname },
    node,
    ...(name === '' ? {} : { pod: { namespace, name, uid } }),
    addresses: [{ address, pool }],
  };
}

/** The runtime's DEL. */
export const byDel: ReleaseCause = { reason: 'del', text: '' };

/** @param text why, as an operator has it; undefined: a program asked, or somebody who gave no reason */
export function byCall(text: string | undefined): ReleaseCause {
  return text === undefined ? { reason: 'call', text: '' } : { reason: 'by-hand', text };
}
