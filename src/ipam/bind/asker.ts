import type { Attachment, PodRef } from '../attachment.ts';
import type { Claimant } from '../claim/claimant.ts';
import { type Identity, placeKey, placeOf } from './identity.ts';

/** Who asks for what may be kept: by its identity, or, where its owner has left it, by its uid. */
export interface Asker {
  readonly attachment: Attachment;
  /** Undefined: nothing tells of one, and the identity is named by the caller. */
  readonly pod: PodRef | undefined;
  readonly identity: Identity | undefined;
}

/** @returns undefined: nothing tells who it is, and nothing is kept for nobody */
export function askerOf({ attachment, pod, identity }: Claimant): Asker | undefined {
  return pod === undefined && identity === undefined ? undefined : { attachment, pod, identity };
}

/** Where what is kept for an asker is found: as `placeKey` makes it. */
export function placeOfAsker({ attachment: { ifname }, pod, identity }: Asker): string {
  if (identity !== undefined) return placeOf(identity);
  return placeKey({ namespace: pod?.namespace ?? '', podName: pod?.name ?? '', ifname });
}

/** Has it an identity, or may have had one: a Pod that a StatefulSet has left keeps its name, and nobody keeps it now. */
export function mayHaveKept({ identity, pod, controlledBy }: Claimant): boolean {
  return identity !== undefined || (controlledBy === undefined && /-\d+$/.test(pod?.name ?? ''));
}
