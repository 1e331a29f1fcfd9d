import { z } from 'zod';
import { defaultHistoryLimits, type HistoryLimits } from '../ipam/history/retention.ts';
import { duration, durationText } from './config-values.ts';
import { settings, type Values } from './setting.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

const leastShareMs = 60_000;

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
    more: 'A Pod that comes and goes takes about 140 bytes.',
  },
  historySharedSize: {
    key: 'history.sharedSize',
    schema: z.int().min(0).max(1_024),
    default: defaultHistoryLimits.sharedBytes / kibibyte,
    help: 'how much of it is in the store that all share, in KiB, for when this node is lost; 0: nothing',
    more: 'Each node has so much there: 128 MiB of a thousand.',
  },
  historyShareEvery: {
    key: 'history.shareEvery',
    schema: duration,
    default: durationText(defaultHistoryLimits.shareEveryMs),
    help: 'how often it is written there: what is newer is lost with its node',
    more: '1m at least.',
  },
});

/** @param isAgent does a member write for it what all share? Members let an agent write blocks and claims, and nothing that only grows. */
export function historyConfig(values: Values<typeof historySettings>, isAgent: boolean): HistoryLimits {
  return {
    keptMs: values.historyRetention,
    bytes: values.historySize * mebibyte,
    sharedBytes: isAgent ? 0 : values.historySharedSize * kibibyte,
    shareEveryMs: Math.max(values.historyShareEvery, leastShareMs),
  };
}
