import { createConnection, type Socket } from 'node:net';
import { contract } from '../src/api/proto.ts';

/** RFC 9113, sections 4.1 and 6. */
const frameHeadBytes = 9;
const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const endStream = 0x1;
const endHeaders = 0x4;
const ack = 0x1;
const largestWindow = 2 ** 31 - 1;
/** A gRPC message's head: not compressed, then its length. */
const messageHeadBytes = 5;

export type Method = 'AllocateIP' | 'AllocateBlock';

interface Call {
  bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A load generator: unary calls over one connection, with just enough of HTTP/2 to make them and to see whether
 * each was answered with a message, which a refused call has not. A full client takes as much processor
 * time for a call as the daemon does, so on two cores it would be measured in the daemon's place.
 */
export class GrpcClient {
  readonly #socket: Socket;
  readonly #headers = new Map<Method, Buffer>();
  readonly #calls = new Map<number, Call>();
  #unread = Buffer.alloc(0);
  #nextStream = 1;

  constructor(path: string) {
    this.#socket = createConnection(path);
    this.#socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    // A header table of nothing (1), and windows (4) that never close.
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(1, 0);
    settings.writeUInt16BE(4, 6);
    settings.writeUInt32BE(largestWindow, 8);
    this.#send(frameType.settings, 0, 0, settings);
    const more = Buffer.alloc(4);
    more.writeUInt32BE(largestWindow - 65_535);
    this.#send(frameType.windowUpdate, 0, 0, more);
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the daemon ended the connection')));
  }

  /** @throws Error when the answer has no message */
  call(method: Method, request: object): Promise<void> {
    const { path, requestSerialize } = contract.IPAM.service[method];
    const message = requestSerialize(request as Parameters<typeof requestSerialize>[0]);
    const headers = this.#headers.get(method) ?? headerBlock(path);
    this.#headers.set(method, headers);
    const head = Buffer.alloc(messageHeadBytes);
    head.writeUInt32BE(message.length, 1);
    const stream = this.#nextStream;
    this.#nextStream += 2;
    this.#socket.cork();
    this.#send(frameType.headers, endHeaders, stream, headers);
    this.#send(frameType.data, endStream, stream, Buffer.concat([head, message]));
    process.nextTick(() => this.#socket.uncork());
    return new Promise((resolve, reject) => this.#calls.set(stream, { bytes: 0, resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(type: number, flags: number, stream: number, payload: Buffer): void {
    const head = Buffer.alloc(frameHeadBytes);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #read(bytes: Buffer): void {
    let rest = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (rest.length >= frameHeadBytes) {
      const end = frameHeadBytes + rest.readUIntBE(0, 3);
      if (rest.length < end) break;
      this.#frame(rest[3] ?? 0, rest[4] ?? 0, rest.readUInt32BE(5), rest.subarray(frameHeadBytes, end));
      rest = rest.subarray(end);
    }
    this.#unread = Buffer.from(rest);
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === frameType.settings && flags !== ack) this.#send(frameType.settings, ack, 0, Buffer.alloc(0));
    if (type === frameType.ping && flags !== ack) this.#send(frameType.ping, ack, 0, payload);
    if (type === frameType.goAway) this.#fail(new Error('the daemon ends the connection'));
    const call = this.#calls.get(stream);
    if (call === undefined) return;
    if (type === frameType.data) call.bytes += payload.length;
    if (type !== frameType.reset && (type > frameType.headers || (flags & endStream) === 0)) return;
    this.#calls.delete(stream);
    if (type !== frameType.reset && call.bytes > messageHeadBytes) call.resolve();
    else call.reject(new Error('a call was answered without a message'));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

/** The request's headers in HPACK (RFC 7541): entries of the static table, and literals that nobody indexes. */
function headerBlock(path: string): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x04]), // :method POST, :scheme http, :path
    text(path),
    Buffer.from([0x01]), // :authority
    text('localhost'),
    Buffer.from([0x0f, 0x10]), // content-type
    text('application/grpc'),
    Buffer.from([0x00]),
    text('te'),
    text('trailers'),
  ]);
}
