import type { ServerResponse } from 'node:http';
import type { Allocation } from '../ipam/allocation.ts';
import type { Administration, AllocationEvent } from '../ipam/port.ts';

/** How soon a browser comes again when the stream has ended, milliseconds. */
const retryMs = 1_000;

/** What pages are told of a change, as one event of a stream (`text/event-stream`). @param at milliseconds since 1970 */
export function eventText(event: AllocationEvent, at: number): string {
  const { addresses, pod, node }: Allocation = event.allocation;
  const data = {
    type: event.type,
    at,
    addresses: addresses.map(({ address, pool }) => ({ address, pool })),
    node,
    pod: pod === undefined ? '' : `${pod.namespace}/${pod.name}`,
    reason: event.type === 'released' ? event.cause.reason : '',
  };
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Tells of changes until the browser goes away. */
export async function streamChanges(
  response: ServerResponse,
  administration: Pick<Administration, 'watchAllocations'>,
  now: () => number,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // Who is gone without a word is noticed.
  response.socket?.setKeepAlive(true, 30_000);
  response.write(`retry: ${retryMs}\n\n`);
  for await (const event of administration.watchAllocations(gone.signal)) {
    if (response.write(eventText(event, now()))) continue;
    await new Promise((resolve) => {
      response.once('drain', resolve).once('close', resolve);
    });
  }
  response.end();
}
