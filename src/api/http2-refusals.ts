import type { Http2Server, Http2Session, ServerHttp2Stream } from 'node:http2';
import { type Server, status } from '@grpc/grpc-js';
import { type Connection, connectionNamed } from './connections.ts';
import { errorTrailer } from './status.ts';

export interface Http2Refusals {
  /** The gRPC library ended a call before or after our handlers. */
  onCall(connection: Connection, method: string, reason: string, message: string): void;
  /** HTTP/2 itself ended a connection. */
  onConnection(connection: Connection, reason: string, message: string): void;
}

/** For what was answered to be read on, milliseconds: a stream over TCP that does not move ends its connection. */
const stallMs = 15_000;

const reasons: Readonly<Record<number, string>> = {
  [status.UNIMPLEMENTED]: 'unknown-method',
  [status.RESOURCE_EXHAUSTED]: 'too-large',
  [status.INTERNAL]: 'bad-message',
};
const longestMethod = 200;

/**
 * Tells what the gRPC library and HTTP/2 refuse by themselves: no handler and no interceptor hears of it. What our own
 * code refuses has the trailer of our errors.
 */
export function watchRefusals(server: Server, { onCall, onConnection }: Http2Refusals): void {
  // No public way leads there; the listener of the tests for attacks would miss its lines if it were gone.
  const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<Http2Server, unknown> };
  for (const http2 of http2Servers.keys()) {
    http2.on('stream', (stream: ServerHttp2Stream, headers) => {
      const connection = connectionOf(stream.session);
      if (connection === undefined) return;
      if (connection.caller.via !== 'unix') endWhenStalled(stream, connection, onConnection);
      stream.once('close', () => {
        const ended = stream.sentTrailers ?? stream.sentHeaders;
        const code = Number(ended?.['grpc-status'] ?? status.OK);
        const reason = reasons[code];
        if (reason === undefined || ended?.[errorTrailer] !== undefined) return;
        onCall(
          connection,
          String(headers[':path']).slice(0, longestMethod),
          reason,
          messageOf(ended?.['grpc-message']),
        );
      });
    });
    http2.on('session', (session: Http2Session) => {
      const connection = connectionOf(session);
      if (connection === undefined) return;
      sessions.set(connection, session);
      session.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
        onConnection(connection, 'bad-http2', `HTTP/2: ${error.message}`);
      });
    });
  }
}

const sessions = new WeakMap<Connection, Http2Session>();

/** Ends the calls of a connection now: those that have come with it, and that nobody has looked at yet, are not begun. */
export function endCalls(connection: Connection): void {
  sessions.get(connection)?.destroy();
}

/** The time begins anew with whatever moves; a stream that only waits for events has nothing that would be read. */
function endWhenStalled(
  stream: ServerHttp2Stream,
  connection: Connection,
  onConnection: Http2Refusals['onConnection'],
): void {
  stream.setTimeout(stallMs);
  stream.on('timeout', () => {
    if (stream.writableLength === 0 && !stream.writableEnded) return;
    onConnection(connection, 'too-slow', `HTTP/2: an answer was not read for ${stallMs / 1_000} s`);
    connection.end();
  });
}

/** Now, while it is open: what goes wrong is told when it has ended. */
function connectionOf(session: Http2Session | undefined): Connection | undefined {
  return session?.destroyed === false ? connectionNamed(String(session.socket.remoteAddress)) : undefined;
}

/** Percent-encoded where it is not ASCII, as gRPC has it. */
function messageOf(text: unknown): string {
  try {
    return decodeURIComponent(String(text ?? ''));
  } catch {
    return String(text);
  }
}
