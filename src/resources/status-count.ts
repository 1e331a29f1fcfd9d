import { z } from 'zod';

/** Go's int64, which published statuses count with. */
const largest = 2n ** 63n - 1n;

/** A count of a status: a number, or a bigint where a number cannot say it exactly. */
export type StatusCount = number | bigint;

/** A count as a status has it, at most what Go's int64 holds: a large IPv6 pool has more. */
export function statusCount(count: bigint): StatusCount {
  if (count <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(count);
  return count > largest ? largest : count;
}

/** For API servers an integer of 64 bits. */
export const statusCountSchema = z
  .custom<StatusCount>((value) => (typeof value === 'bigint' || Number.isSafeInteger(value)) && Number(value) >= 0, {
    error: 'must be a whole number, 0 or more',
  })
  .meta({ type: 'integer', minimum: 0 });
