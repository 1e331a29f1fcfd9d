import type { OfNode } from '../ipam/cluster-port.ts';
import type { DueRelease } from '../ipam/reclaim/due.ts';
import { unaryOnceOpened } from './calls.ts';
import type { DueRelease__Output, DueRelease as DueReleaseMessage } from './generated/ipam/DueRelease.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import { unansweredMessage } from './messages.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** Of one answer; what is behind them comes back later. */
const mostReleases = 10_000;

/** What comes back by itself: said of all daemons, hurried of the one that is asked. */
export function garbageCalls({
  ipam,
  administration,
}: IpamServiceParts): Pick<IPAMHandlers, 'CollectGarbage' | 'DryRunCollectGarbage'> {
  const served = unaryOnceOpened(ipam);
  const { node, cluster } = administration;
  return {
    CollectGarbage: served(async () => ({ ...dueMessage(node, await administration.collect()), unanswered: [] })),
    DryRunCollectGarbage: served(async ({ local }) => {
      if (local) return { ...dueMessage(node, administration.due()), unanswered: [] };
      const { value, unanswered } = await cluster.due();
      return {
        releases: value.slice(0, mostReleases).map(releaseMessage),
        unanswered: unanswered.map(unansweredMessage),
      };
    }),
  };
}

export function dueMessage(node: string, due: readonly DueRelease[]) {
  return { releases: due.slice(0, mostReleases).map((one) => releaseMessage({ ...one, node })) };
}

function releaseMessage({ at, node, ...release }: DueRelease & OfNode): DueReleaseMessage {
  return { ...release, at_ms: at ?? 0, node_id: node };
}

/** The same the other way round. */
export function dueReleaseOf({ kind, subject, reason, at_ms }: DueRelease__Output): DueRelease {
  return { kind: kind as DueRelease['kind'], subject, reason, at: at_ms === '0' ? undefined : Number(at_ms) };
}
