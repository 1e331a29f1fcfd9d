import type { Attachment, PodRef } from '../../src/ipam/attachment.ts';
import type { AllocateRequest, CniExecution, PoolSource } from '../../src/ipam/request.ts';
import { sourceOf } from './automatic.ts';
import { isNamed } from './identities.ts';

interface Asking {
  readonly attachment: Attachment;
  readonly source: PoolSource;
  readonly pod: PodRef;
  readonly netns: string;
}

/** Failures that a runtime may see: the rest would be a fault of ours. */
export const expected = new Set([
  'pool-exhausted',
  'not-ready',
  'store-unavailable',
  'storage-full',
  'not-found',
  'in-use',
  'conflict',
  // All that an application asks for is with its other Pods.
  'address-taken',
  // Somebody whom no daemon knows uses an address that stays with a Pod: it is not given another.
  'address-conflict',
  'quota-exceeded',
]);

/** What its runtime asks for a container. */
export function requestOf({ attachment, source, pod, netns }: Asking, execution: CniExecution): AllocateRequest {
  const stay = { identity: pod.name, for: 'released', origin: 'the simulator' } as const;
  const asked = {
    attachment,
    pod,
    netns,
    execution,
    families: [],
    requested: [],
    source: sourceOf(pod.name, source),
  };
  return isNamed(pod.name) ? { ...asked, stay } : asked;
}
