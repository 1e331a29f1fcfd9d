import type { Allocation } from '../../src/ipam/allocation.ts';
import type { Attachment, PodRef } from '../../src/ipam/attachment.ts';
import type { PoolSource } from '../../src/ipam/request.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { expected } from './runtime-request.ts';
import type { Answer } from './sim-node.ts';

/** What a runtime knows of one container. */
export interface Container {
  readonly attachment: Attachment;
  /** What the network's file said when the container was made. */
  readonly source: PoolSource;
  readonly pod: PodRef;
  /** Path of its network namespace; empty: the runtime does not tell. */
  readonly netns: string;
  /** Its interface is made before the IPAM plugin is asked, as by bridge and macvlan; ptp asks first. */
  readonly wiredFirst: boolean;
  /** `busy`: a call about it is under way. `forgotten`: the runtime never says DEL; GC must find it. */
  state: 'busy' | 'live' | 'forgotten' | 'ended';
  /** Its address is in quarantine, and it lives on. */
  inConflict?: true;
  /** Its Pod is gone from the API server. */
  isDeleted?: true;
}

export function isExpected(error: unknown): boolean {
  return isIpamError(error) && expected.has(error.code);
}

export function isDuplicate(answer: Answer<Allocation>): boolean {
  return answer.kind === 'refused' && isIpamError(answer.error, 'already-exists');
}
