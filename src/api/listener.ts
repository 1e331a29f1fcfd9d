import { chmodSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { isServed } from '../daemon/is-served.ts';
import { IpamError } from '../resources/errors.ts';
import type { GrpcServer } from './grpc-server.ts';
import type { HttpServer } from './http-server.ts';

/** A client that connects and says nothing is let go. */
const firstBytesMs = 10_000;
/** How HTTP/2 begins with prior knowledge (RFC 9113, 3.4); no HTTP/1 method does. */
const http2Preface = Buffer.from('PRI ');

export interface Endpoints {
  readonly http: HttpServer;
  /** Absent: HTTP only. */
  readonly grpc?: GrpcServer;
}

/** One listening socket for both protocols: the first bytes of a connection tell which. */
export class Listener {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor({ http, grpc }: Endpoints) {
    this.#server = createServer({ pauseOnConnect: false }, (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      // A peer that goes away in the middle is no event of ours.
      socket.on('error', () => socket.destroy());
      if (grpc === undefined) return http.accept(socket);
      socket.setTimeout(firstBytesMs, () => socket.destroy());
      let first = Buffer.alloc(0);
      const peek = (): void => {
        const more: Buffer | null = socket.read();
        if (more === null) return;
        first = Buffer.concat([first, more]);
        const isHttp2 = first.subarray(0, http2Preface.length).equals(http2Preface.subarray(0, first.length));
        // Too few bytes to tell: wait for more.
        if (isHttp2 && first.length < http2Preface.length) return;
        socket.off('readable', peek);
        socket.unshift(first);
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        if (isHttp2) grpc.accept(socket);
        else http.accept(socket);
      };
      socket.on('readable', peek);
    });
  }

  /** @param address `host:port`, `[v6]:port`; an empty host is every address @throws IpamError invalid-config */
  async listenTcp(address: string): Promise<void> {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    const port = Number(address.slice(colon + 1));
    await this.#listen(address, (ready) => this.#server.listen({ port, ...(host === '' ? {} : { host }) }, ready));
  }

  /**
   * A socket file that only its owner may use. One that a daemon still serves is left alone.
   * @throws IpamError invalid-config
   */
  async listenUnix(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await removeStale(path);
    const mask = process.umask(0o177);
    try {
      await this.#listen(path, (ready) => this.#server.listen(path, ready));
    } finally {
      process.umask(mask);
    }
    chmodSync(path, 0o600);
  }

  /** The port that the system chose, when zero was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** No new connections; those that are open go on. */
  close(): void {
    this.#server.close();
  }

  /** Ends what is still open. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
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

async function removeStale(path: string): Promise<void> {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present === undefined) return;
  if (!present.isSocket()) {
    throw new IpamError('invalid-config', `${path} is there already and is no socket`, {
      advice: 'move it away, or set grpc.unixSocket',
    });
  }
  if (await isServed(path)) {
    throw new IpamError('invalid-config', `another daemon listens on ${path}`, {
      advice: 'stop it first, or set grpc.unixSocket',
    });
  }
  unlinkSync(path);
}
