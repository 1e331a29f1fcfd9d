import { z } from 'zod';
import { defaultHistoryLimits, type HistoryLimits } from '../ipam/history/retention.ts';
import { duration, durationText } from './config-values.ts';
import { settings, type Values } from './setting.ts';

const mebibyte = 1024 * 1024;

/** How much of what happened to addresses is kept. */
export const historySettings = settings({
  historyRetention: {
    key: 'history.retention',
    schema: duration,
    default: durationText(defaultHistoryLimits.keptMs),
    help: 'how long it is kept what happened to addresses',
    more: 'For longer, export it: [history](history.md).',
  },
  historySize: {
    key: 'history.size',
    schema: z.int().min(1).max(1_024),
    default: defaultHistoryLimits.bytes / mebibyte,
    help: 'how much of it is kept on this node, in MiB; the earliest goes first',
    more: 'A Pod that comes and goes takes about 100 bytes.',
  },
});

export function historyConfig({ historyRetention, historySize }: Values<typeof historySettings>): HistoryLimits {
  return { keptMs: historyRetention, bytes: historySize * mebibyte };
}
