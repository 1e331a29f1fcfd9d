import type { Allocation } from '../../ipam/allocation.ts';
import type { Attachment } from '../../ipam/attachment.ts';
import type { Release } from '../../ipam/reclaim/garbage.ts';
import type { Log } from '../../telemetry/log.ts';

/**
 * Releases what a CNI GC found stale, one after the other.
 * @throws what the first release that failed threw, when all have been tried
 */
export async function releaseStale(
  stale: readonly Release[],
  release: (attachment: Attachment, reason: string) => Promise<Allocation | undefined>,
  log: Log,
): Promise<readonly Allocation[]> {
  const released: Allocation[] = [];
  const failures: unknown[] = [];
  for (const { attachment, reason } of stale) {
    try {
      const allocation = await release(attachment, reason);
      if (allocation === undefined) continue;
      released.push(allocation);
    } catch (error) {
      // One bad record must not stop the clean-up of the others.
      log.warn({ err: error, attachment }, 'could not reclaim');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return released;
}
