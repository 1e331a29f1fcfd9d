import { formatPrefix } from '../ip/prefix.ts';
import type { Outlook } from '../ipam/forecast/pace.ts';
import type { Forecast, ForecastSubject } from '../ipam/forecast/usage-record.ts';
import type { ForecastWindow } from '../ipam/forecast/usage-ring.ts';
import { prefixField } from './calls.ts';
import type { Forecast__Output, Forecast as ForecastMessage } from './generated/ipam/Forecast.ts';
import type { ForecastOutlook__Output, ForecastOutlook as OutlookMessage } from './generated/ipam/ForecastOutlook.ts';
import type { ForecastRequest__Output } from './generated/ipam/ForecastRequest.ts';

/** @returns undefined: all @throws IpamError invalid-argument */
export function forecastSubjectOf({ pool, subnet, node_id }: ForecastRequest__Output): ForecastSubject | undefined {
  if (pool) return { kind: 'pool', name: pool };
  if (subnet) return { kind: 'subnet', name: formatPrefix(prefixField(subnet, 'subnet')) };
  if (node_id) return { kind: 'node', name: node_id };
  return undefined;
}

export function forecastMessage({ kind, name, family, taken, total, at, outlooks }: Forecast): ForecastMessage {
  return {
    kind,
    name,
    family,
    taken: String(BigInt(taken)),
    total: String(BigInt(total)),
    at_ms: at,
    outlooks: outlooks.map(({ window, outlook }) => outlookMessage(window, outlook)),
  };
}

function outlookMessage(window: ForecastWindow, outlook: Outlook): OutlookMessage {
  if (outlook.kind === 'unknown') return { window, needs_ms: Math.ceil(outlook.needsMs) };
  const { pace, earliestMs, latestMs } = outlook;
  return {
    window,
    pace_low: pace.low,
    pace_high: pace.high,
    ...(earliestMs === undefined ? {} : { earliest_seconds: earliestMs / 1_000 }),
    ...(latestMs === undefined ? {} : { latest_seconds: latestMs / 1_000 }),
  };
}

/** The same the other way round. */
export function forecastOf({ kind, name, family, taken, total, at_ms, outlooks }: Forecast__Output): Forecast {
  return {
    kind: kind as Forecast['kind'],
    name,
    family: family === 6 ? 6 : 4,
    taken: Number(taken),
    total: Number(total),
    at: Number(at_ms),
    outlooks: outlooks.map((one) => ({ window: one.window as ForecastWindow, outlook: outlookOf(one) })),
  };
}

function outlookOf(message: ForecastOutlook__Output): Outlook {
  const { needs_ms, pace_low: low, pace_high: high } = message;
  if (needs_ms !== '0') return { kind: 'unknown', needsMs: Number(needs_ms) };
  return {
    kind: 'known',
    pace: { low, high },
    earliestMs: millisecondsOf(message.earliest_seconds),
    latestMs: millisecondsOf(message.latest_seconds),
  };
}

function millisecondsOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
