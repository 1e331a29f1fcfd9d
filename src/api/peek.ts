import type { Socket } from 'node:net';

/** How HTTP/2 begins with prior knowledge (RFC 9113, 3.4); no HTTP/1 method does. */
const http2Preface = Buffer.from('PRI ');

/**
 * Tells by its first bytes what a connection speaks, and gives them back to it. A client that says nothing is let go.
 * @param firstBytesMs how long it may say nothing, milliseconds
 */
export function peek(socket: Socket, firstBytesMs: number, tell: (protocol: 'http1' | 'http2') => void): void {
  let first = Buffer.alloc(0);
  socket.setTimeout(firstBytesMs, () => socket.destroy());
  const look = (): void => {
    const more: Buffer | null = socket.read();
    if (more === null) return;
    first = Buffer.concat([first, more]);
    const isHttp2 = first.subarray(0, http2Preface.length).equals(http2Preface.subarray(0, first.length));
    // Too few bytes to tell: wait for more.
    if (isHttp2 && first.length < http2Preface.length) return;
    socket.off('readable', look);
    socket.unshift(first);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    tell(isHttp2 ? 'http2' : 'http1');
  };
  socket.on('readable', look);
}
