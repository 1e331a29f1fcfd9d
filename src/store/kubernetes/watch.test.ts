import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isIpamError } from '../../resources/errors.ts';
import type { Query } from './requests.ts';
import { watchObjects } from './watch.ts';

const target = { group: '', resource: 'pods' };
const options = { timeoutSeconds: 300, graceMs: 1_000, bookmarkMs: 60_000 };
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const pod = (resourceVersion: string): object => ({ metadata: { name: 'a', resourceVersion } });

function answer(text: string, ends = true): IncomingMessage {
  const body = new IncomingMessage(new Socket());
  body.push(text);
  if (ends) body.push(null);
  return body;
}

/** The events of a watch whose requests are answered with these texts, one after the other; the last stays open. */
async function watched(texts: readonly string[], count: number, timeoutSeconds = options.timeoutSeconds) {
  const asked: (string | undefined)[] = [];
  const stop = new AbortController();
  const open = async (query: Query): Promise<IncomingMessage> => {
    asked.push(query.resourceVersion);
    return answer(texts[asked.length - 1] ?? '', asked.length < texts.length);
  };
  const events: string[] = [];
  for await (const event of watchObjects(open, target, '1', stop.signal, { ...options, timeoutSeconds })) {
    const isInterrupted = event.type === 'bookmark' && event.interrupted === true;
    events.push(`${isInterrupted ? 'interrupted' : event.type} ${event.version}`);
    if (events.length === count) stop.abort();
  }
  return { events, asked };
}

describe('a watch on an API server', () => {
  it('goes on from the last bookmark or change when a request ends', async () => {
    const first = line('ADDED', pod('3')) + line('BOOKMARK', pod('8'));
    const { events, asked } = await watched([first, line('DELETED', pod('9'))], 3, 0);
    expect(events).toEqual(['added 3', 'bookmark 8', 'deleted 9']);
    expect(asked).toEqual(['1', '8']);
  });

  it('says that it was interrupted when a request ends before its time: another server may answer the next', async () => {
    const { events, asked } = await watched([line('ADDED', pod('3')), line('DELETED', pod('9'))], 3);
    expect(events).toEqual(['added 3', 'interrupted 3', 'deleted 9']);
    expect(asked).toEqual(['1', '3']);
  });

  it('says compacted when the server says so in the stream', async () => {
    const gone = line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    await expect(watched([gone, ''], 1)).rejects.toSatisfy((error) => isIpamError(error, 'compacted'));
  });

  it('leaves out an event that was cut off, and asks for it again', async () => {
    const cut = line('MODIFIED', pod('4')).slice(0, -9);
    const { events, asked } = await watched([line('ADDED', pod('3')) + cut, line('MODIFIED', pod('4'))], 2, 0);
    expect(events).toEqual(['added 3', 'modified 4']);
    expect(asked).toEqual(['1', '3']);
  });

  it('breaks off at what is no event', async () => {
    await expect(watched(['<html>\n', ''], 1)).rejects.toSatisfy((error) => isIpamError(error, 'store-unavailable'));
  });
});
