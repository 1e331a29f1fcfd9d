import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { CniHandler } from '../cni/handler.ts';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from './caller.ts';
import { answerCni, cniBody } from './cni-exchange.ts';
import type { GrpcServer } from './grpc-server.ts';
import type { HttpServer } from './http-server.ts';
import { keepSocketFile, removeStale } from './socket-file.ts';

/** A client that connects and says nothing is let go. */
const firstBytesMs = 10_000;
/** How HTTP/2 begins with prior knowledge (RFC 9113, 3.4); no HTTP/1 method does. */
const http2Preface = Buffer.from('PRI ');
/** How often to see whether the socket's file is still ours: an executable waits several times as long. */
const keepMs = 2_000;

export interface Endpoints {
  readonly http: HttpServer;
  /** Absent: HTTP only. */
  readonly grpc?: { readonly server: GrpcServer; readonly callerOf: (socket: Socket) => Caller };
  /** Absent: the HTTP server alone answers the CNI executables, if anybody does. */
  readonly cni?: CniHandler;
}

export interface ListenUnixOptions {
  readonly log: Log;
  readonly everyMs?: number;
}

/** One listening socket for all protocols: the first bytes of a connection tell which. */
export class Listener {
  readonly #accept: (socket: Socket) => void;
  readonly #open = new Set<Socket>();
  readonly #closing = new AbortController();
  #server: Server;

  constructor({ http, grpc, cni }: Endpoints) {
    this.#accept = (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      // A peer that goes away in the middle is no event of ours.
      socket.on('error', () => socket.destroy());
      if (grpc === undefined) return http.accept(socket);
      socket.setTimeout(firstBytesMs, () => socket.destroy());
      let first: Buffer = Buffer.alloc(0);
      const peek = (): void => {
        const more: Buffer | null = socket.read();
        if (more === null) return;
        first = first.length === 0 ? more : Buffer.concat([first, more]);
        const call = cni === undefined ? 'other' : cniBody(first);
        const isHttp2 = first.subarray(0, http2Preface.length).equals(http2Preface.subarray(0, first.length));
        // Too few bytes to tell: wait for more.
        if (call === 'incomplete' || (isHttp2 && first.length < http2Preface.length)) return;
        socket.off('readable', peek);
        if (cni !== undefined && call !== 'other') {
          socket.setTimeout(0);
          void answerCni(socket, call, cni);
          return;
        }
        socket.unshift(first);
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        if (isHttp2) grpc.server.accept(socket, grpc.callerOf(socket));
        else http.accept(socket);
      };
      socket.on('readable', peek);
    };
    this.#server = createServer(this.#accept);
  }

  /** @param address `host:port`, `[v6]:port`; an empty host is every address @throws IpamError invalid-config */
  async listenTcp(address: string): Promise<void> {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    const port = Number(address.slice(colon + 1));
    await this.#listen(address, (ready) => this.#server.listen({ port, ...(host === '' ? {} : { host }) }, ready));
  }

  /**
   * A socket file that only its owner may use. One that a daemon still serves is left alone. One that somebody
   * removes later is made again.
   * @throws IpamError invalid-config
   */
  async listenUnix(path: string, { log, everyMs = keepMs }: ListenUnixOptions): Promise<void> {
    await this.#bindUnix(path);
    const { signal } = this.#closing;
    void keepSocketFile(path, { bind: () => this.#bindUnix(path), log, everyMs, signal });
  }

  /** The port that the system chose, when zero was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** No new connections; those that are open go on. */
  close(): void {
    this.#closing.abort();
    this.#server.close();
  }

  /** Ends what is still open. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Connections of the socket before go on. */
  async #bindUnix(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await removeStale(path);
    // Now, not later: a close removes the file of that name, whoever made it.
    if (this.#server.listening) this.#server.close();
    this.#server = createServer(this.#accept);
    const mask = process.umask(0o177);
    try {
      await this.#listen(path, (ready) => this.#server.listen(path, ready));
    } finally {
      process.umask(mask);
    }
    chmodSync(path, 0o600);
  }

  #listen(address: string, listen: (ready: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => {
        reject(new IpamError('invalid-config', `cannot listen on ${address}: ${error.message}`, { cause: error }));
      };
      this.#server.once('error', refuse);
      listen(() => {
        this.#server.off('error', refuse);
        resolve();
      });
    });
  }
}
