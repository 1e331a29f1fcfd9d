import type { Clock } from '../platform/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { NodeIpam } from './allocation/node-ipam.ts';

/** Longest wait for calls under way at a stop, milliseconds. */
const longestMs = 10_000;
const stepMs = 10;

export interface AnsweringParts {
  readonly ipam: Pick<NodeIpam, 'underway'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Waits at a stop until what was asked for is answered, or for as long as that may take. */
export async function callsAnswered({ ipam, clock, log }: AnsweringParts): Promise<void> {
  const deadline = clock.elapsed() + longestMs;
  while (ipam.underway > 0 && clock.elapsed() < deadline) await clock.pause(stepMs, new AbortController().signal);
  if (ipam.underway > 0) log.warn({ calls: ipam.underway }, 'stopping with calls unanswered; the runtime repeats them');
}
