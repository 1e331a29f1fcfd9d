import type { ReclaimedHow } from '../ipam/history/reclaim-notes.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import { releasedClaim } from '../ipam/reclaim/release-cause.ts';
import type { Claim } from '../resources/claim.ts';
import { parseControlledBy } from '../resources/controlled-by.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Stored } from '../resources/resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { ClusterEvent, LiveCluster } from './live-cluster.ts';
import type { ReclaimHistory } from './reclaim-history.ts';

export interface ReclaimedParts {
  readonly live: Pick<LiveCluster, 'announce'>;
  readonly log: Log;
  /** @param kind of the object that was deleted or parked */
  readonly onReclaimed?: ((kind: string, cause: ReleaseCause) => void) | undefined;
  /** Where it is written down for whoever asks later. */
  readonly history?: Pick<ReclaimHistory, 'note'> | undefined;
}

/** Tells of an address that came back: metric, history, log with what an audit asks for, and an Event on its Pod, or else on who kept that. */
export async function tellReclaimed(
  { live, log, onReclaimed, history }: ReclaimedParts,
  claim: Stored<Claim>,
  cause: ReleaseCause,
  { isPodThere = false, verb = 'released' }: { readonly isPodThere?: boolean; readonly verb?: ReclaimedHow } = {},
): Promise<void> {
  const { reason, text } = cause;
  const { attachment, node, pod, addresses } = releasedClaim(claim);
  const [{ address = '' } = {}] = addresses;
  onReclaimed?.(claim.kind, cause);
  history?.note(verb, claim, cause);
  const line = { audit: 'release', attachment, pod, node, addresses: [address], reason, text };
  log.info(line, `${verb} ${address}: ${text}`);
  const subject = subjectOf(claim, isPodThere);
  if (subject === undefined) return;
  try {
    await live.announce({ subject, reason: 'IPReclaimed', message: `${verb} ${address} (${reason}): ${text}` });
  } catch (error) {
    // As when its namespace is gone: it was released all the same.
    if (!isIpamError(error)) throw error;
    log.debug({ err: error, address }, 'could not write an Event of a release');
  }
}

/** @returns undefined: nothing tells of a Pod */
function subjectOf({ spec }: Claim, isPodThere: boolean): ClusterEvent['subject'] | undefined {
  const { podNamespace: namespace = '', podName: name = '', podUid: uid = '', controlledBy } = spec;
  if (namespace === '' || name === '') return undefined;
  const controller = parseControlledBy(controlledBy)?.controller;
  if (!isPodThere && controller !== undefined) return { ...controller, namespace };
  return { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
}
