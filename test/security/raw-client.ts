import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { MethodDefinition } from '@grpc/grpc-js';
import { contract } from '../../src/api/proto.ts';
import type { Pair } from '../../src/tls/issue.ts';

export interface Place {
  readonly port: number;
  /** A source address of one's own tells attackers apart: any of 127.0.0.0/8 will do. */
  readonly from: string;
}

/** A TCP connection that is open. */
export async function tcp({ port, from }: Place): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: from });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** TLS with or without a certificate; whoever serves is believed. */
export async function tls(place: Place, card?: Pair, more: ConnectionOptions = {}): Promise<TLSSocket> {
  return tlsOver(await tcp(place), card, more);
}

/** The same over a connection that is open. */
export async function tlsOver(socket: Socket, card?: Pair, more: ConnectionOptions = {}): Promise<TLSSocket> {
  const stream = connectTls({
    socket,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
    ...(card === undefined ? {} : { cert: card.cert, key: card.key }),
    ...more,
  });
  stream.on('error', () => {});
  await new Promise((resolve) => {
    stream.once('secureConnect', resolve);
    stream.once('close', resolve);
  });
  return stream;
}

/** HTTP/2 over a stream that is open already. */
export function http2(stream: Socket): ClientHttp2Session {
  const session = connectHttp2('http://daemon', { createConnection: () => stream });
  session.on('error', () => {});
  // Of a stream that has ended already it would never hear.
  if (stream.destroyed) session.destroy();
  return session;
}

/** How a call ended: its gRPC status by number, or that the connection did. */
export interface Ended {
  readonly status: number | 'cut';
  readonly code: string;
  readonly retryMs: number | undefined;
  readonly message: Buffer;
}

export type Service = 'IPAM' | 'Resources' | 'Store' | 'Cluster';

/** The frame of a request: five bytes, then the message. */
export function frame(service: Service, method: string, request: object): Buffer {
  const definition = definitionOf(service, method);
  const message = definition.requestSerialize(request);
  return framed(message);
}

export function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export function answerOf(service: Service, method: string, { message }: Ended): unknown {
  return definitionOf(service, method).responseDeserialize(message.subarray(5));
}

/** One gRPC call with bytes as they are. */
export function callRaw(session: ClientHttp2Session, path: string, body: Buffer, headers: object = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const cut: Ended = { status: 'cut', code: '', retryMs: undefined, message: Buffer.alloc(0) };
    if (session.destroyed || session.closed) return resolve(cut);
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const parts: Buffer[] = [];
    let status: Ended['status'] = 'cut';
    let code = '';
    let retryMs: number | undefined;
    const take = (received: Record<string, unknown>): void => {
      if (received['grpc-status'] === undefined) return;
      status = Number(received['grpc-status']);
      code = String(received['ipam-error'] ?? '');
      const retry = received['grpc-retry-pushback-ms'];
      retryMs = retry === undefined ? undefined : Number(retry);
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', () => {});
    stream.on('close', () => resolve({ status, code, retryMs, message: Buffer.concat(parts) }));
    stream.end(body);
  });
}

export function call(session: ClientHttp2Session, service: Service, method: string, request: object): Promise<Ended> {
  return callRaw(session, `/ipam.${service}/${method}`, frame(service, method, request));
}

/** One call on a connection of its own. */
export async function callOnce(
  place: Place,
  card: Pair | undefined,
  [service, method, request]: readonly [Service, string, object],
): Promise<Ended> {
  const session = http2(card === undefined ? await tcp(place) : await tls(place, card));
  try {
    return await call(session, service, method, request);
  } finally {
    session.destroy();
  }
}

/** What a connection is sent until it ends. */
export function untilEnd(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  return new Promise((resolve) => {
    if (socket.destroyed) resolve(Buffer.alloc(0));
    socket.once('close', () => resolve(Buffer.concat(parts)));
  });
}

function definitionOf(service: Service, method: string): MethodDefinition<object, object> {
  const methods = contract[service].service as unknown as Record<string, MethodDefinition<object, object>>;
  const found = methods[method];
  if (found === undefined) throw new Error(`no method ${service}/${method}`);
  return found;
}
