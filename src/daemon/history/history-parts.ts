import type { Allocation } from '../../ipam/allocation.ts';
import type { Attachment } from '../../ipam/attachment.ts';
import { defaultHistoryLimits } from '../../ipam/history/retention.ts';
import type { Store } from '../../store/store.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { UsageKeeper, type UsageKeeperParts } from '../view/usage-keeper.ts';
import { HistorySharing } from './history-sharing.ts';
import { HistoryUpkeep } from './history-upkeep.ts';
import { SaidAgain } from './said-again.ts';

export interface HistoryPartsOptions
  extends Pick<DaemonOptions, 'node' | 'journal' | 'clock' | 'log' | 'isShared' | 'usage' | 'elapsed'> {
  readonly store: Store;
  readonly boot?: string | undefined;
  readonly figures: UsageKeeperParts['figures'];
  readonly history?: DaemonOptions['history'] | undefined;
  /** What an attachment has on record now. */
  readonly ipam: { find(attachment: Attachment): Allocation | undefined };
}

export interface HistoryParts {
  readonly upkeep: HistoryUpkeep;
  /** Undefined: nobody shares the store. */
  readonly sharing: HistorySharing | undefined;
  readonly usage: UsageKeeper;
}

/** What keeps a daemon's history, and how much was out. */
export function historyParts(options: HistoryPartsOptions): HistoryParts {
  const { node, store, journal, clock, log, boot, history: limits = defaultHistoryLimits, isShared = false } = options;
  const saidAgain = new SaidAgain((attachment) => options.ipam.find(attachment));
  const elapsed = options.elapsed ?? (() => clock.now());
  return {
    usage: new UsageKeeper({ node, figures: options.figures, clock, elapsed, boot, disk: options.usage, log }),
    upkeep: new HistoryUpkeep({ node, journal, clock, log, boot, limits, saidAgain }),
    sharing: isShared ? new HistorySharing({ node, store, journal, clock, log, limits, saidAgain }) : undefined,
  };
}
