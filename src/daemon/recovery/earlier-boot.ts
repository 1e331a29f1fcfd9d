import type { ReleaseCause } from '../../ipam/reclaim/release-cause.ts';
import type { Log } from '../../telemetry/log.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { Journal } from '../journal/journal.ts';

export interface EarlierBootParts {
  readonly ipam: Pick<NodeIpam, 'ledger' | 'releaseEarly'>;
  readonly journal: Journal;
  /** Which start of the machine this is; undefined: the system does not tell. */
  readonly boot: string | undefined;
  readonly hasNetns: (path: string) => boolean;
  readonly log: Log;
}

const rebooted: ReleaseCause = {
  reason: 'node-rebooted',
  text: 'its machine was started anew, and its network namespace is not there any more',
};

/**
 * After a power failure no DEL comes for what ran before it, and no container outlives its machine: what is on record of an
 * earlier start of the machine is released before the first call, when an ADD that is repeated can not have been
 * answered with it. What has a network namespace of the same path again, or none that is known, stays: nothing shows
 * that it was of the earlier start.
 * @throws IpamError storage-full, store-unavailable
 */
export async function releaseEarlierBoot({ ipam, journal, boot, hasNetns, log }: EarlierBootParts): Promise<void> {
  if (boot === undefined || journal.boot === boot) return;
  // A record that tells of no start may be of this one: an earlier version wrote it.
  if (journal.boot !== undefined) {
    const gone = [...ipam.ledger.all()].filter(({ netns }) => netns !== '' && !hasNetns(netns));
    await Promise.all(gone.map(({ attachment }) => ipam.releaseEarly(attachment, rebooted)));
    if (gone.length > 0) {
      log.info({ attachments: gone.length }, 'the machine was started anew: released what ran before and got no DEL');
    }
  }
  await journal.commit([{ type: 'boot', id: boot }]);
}
