import type { Socket } from 'node:net';
import { cniBody } from './cni-exchange.ts';

/** How HTTP/2 begins with prior knowledge (RFC 9113, 3.4); no HTTP/1 method does. */
const http2Preface = Buffer.from('PRI ');

/** What a connection speaks; of the compiled executable's call, which is read whole, what it says. */
export type Spoken = { readonly protocol: 'http1' | 'http2' } | { readonly protocol: 'cni'; readonly body: Buffer };

export interface PeekOptions {
  /** How long a client may say nothing, milliseconds. */
  readonly firstBytesMs: number;
  /** Is a call of the compiled executable told from other HTTP? */
  readonly cni: boolean;
}

/** Tells by its first bytes what a connection speaks, and gives them back to it unless they were the whole call. */
export function peek(socket: Socket, { firstBytesMs, cni }: PeekOptions, tell: (spoken: Spoken) => void): void {
  let first: Buffer = Buffer.alloc(0);
  socket.setTimeout(firstBytesMs, () => socket.destroy());
  const look = (): void => {
    const more: Buffer | null = socket.read();
    if (more === null) return;
    first = first.length === 0 ? more : Buffer.concat([first, more]);
    const spoken = spokenBy(first, cni);
    // Too few bytes to tell: wait for more.
    if (spoken === undefined) return;
    socket.off('readable', look);
    if (spoken.protocol !== 'cni') socket.unshift(first);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    tell(spoken);
  };
  socket.on('readable', look);
}

function spokenBy(first: Buffer, cni: boolean): Spoken | undefined {
  const call = cni ? cniBody(first) : 'other';
  if (call === 'incomplete') return undefined;
  if (call !== 'other') return { protocol: 'cni', body: call };
  const isHttp2 = first.subarray(0, http2Preface.length).equals(http2Preface.subarray(0, first.length));
  if (isHttp2 && first.length < http2Preface.length) return undefined;
  return { protocol: isHttp2 ? 'http2' : 'http1' };
}
