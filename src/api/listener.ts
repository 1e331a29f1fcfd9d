import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { CniHandler } from '../cni/handler.ts';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from './caller.ts';
import { answerCni } from './cni-exchange.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { withCaller } from './current-caller.ts';
import type { Gate } from './gate.ts';
import type { GrpcServer } from './grpc-server.ts';
import type { HttpServer } from './http-server.ts';
import { peek } from './peek.ts';
import { keepSocketFile, removeStale } from './socket-file.ts';

/** A client that connects and says nothing is let go. */
const firstBytesMs = 10_000;
/** How often to see whether the socket's file is still ours: an executable waits several times as long. */
const keepMs = 2_000;

export interface Endpoints {
  readonly gate: Gate;
  /** What a caller gets on HTTP: the CNI calls are not for everybody. */
  readonly http: (caller: Caller) => Pick<HttpServer, 'accept'>;
  /** Absent: HTTP only. */
  readonly grpc?: GrpcServer;
  /** Answers a caller's CNI executables without the HTTP server in between; absent: that alone answers them, if anybody does. */
  readonly cni?: (caller: Caller) => CniHandler | undefined;
  /** Absent: any number of connections. */
  readonly limits?: ConnectionLimits;
  /** Does the configuration trust whoever connects? */
  readonly isTrusted?: boolean;
}

export interface ListenUnixOptions {
  readonly log: Log;
  readonly everyMs?: number;
  /** Number of the group whose members may connect too. */
  readonly gid?: number | undefined;
}

/** One listening socket for all protocols: the first bytes of a connection tell which. */
export class Listener {
  readonly #accept: (socket: Socket) => void;
  readonly #open = new Set<Socket>();
  readonly #closing = new AbortController();
  readonly #gate: Gate;
  #server: Server;

  constructor({ gate, http, grpc, cni, limits, isTrusted }: Endpoints) {
    this.#gate = gate;
    const admit = gate.open((stream, caller) => {
      if (caller.role !== 'anonymous' && limits?.identified(stream, caller) === false) return;
      if (grpc === undefined) return http(caller).accept(stream, caller);
      const answer = cni?.(caller);
      peek(stream, { firstBytesMs, cni: answer !== undefined }, (spoken) => {
        if (spoken.protocol === 'cni' && answer !== undefined)
          withCaller({ ...caller, via: 'cni' }, () => void answerCni(stream, spoken.body, answer));
        else if (spoken.protocol === 'http2') grpc.accept(stream, caller);
        else http(caller).accept(stream, caller);
      });
    });
    this.#accept = (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      // A peer that goes away in the middle is no event of ours.
      socket.on('error', () => socket.destroy());
      if (limits === undefined || limits.admit(socket, isTrusted)) admit(socket);
    };
    this.#server = newServer(this.#accept);
  }

  /** @param address `host:port`, `[v6]:port`; an empty host is every address @throws IpamError invalid-config */
  async listenTcp(address: string): Promise<void> {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    const port = Number(address.slice(colon + 1));
    await this.#listen(address, (ready) => this.#server.listen({ port, ...(host === '' ? {} : { host }) }, ready));
  }

  /**
   * A socket file that only its owner may use, or a group too. One that a daemon still serves is left alone. One that somebody
   * removes later is made again.
   * @throws IpamError invalid-config
   */
  async listenUnix(path: string, { log, everyMs = keepMs, gid }: ListenUnixOptions): Promise<void> {
    const bind = () => this.#bindUnix(path, gid);
    await bind();
    const { signal } = this.#closing;
    void keepSocketFile(path, { bind, log, everyMs, signal });
  }

  /** The port that the system chose, when zero was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** No new connections; those that are open go on. */
  close(): void {
    this.#closing.abort();
    this.#gate.close();
    this.#server.close();
  }

  /** Ends what is still open. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Connections of the socket before go on. */
  async #bindUnix(path: string, gid: number | undefined): Promise<void> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await removeStale(path);
    // Now, not later: a close removes the file of that name, whoever made it.
    if (this.#server.listening) this.#server.close();
    this.#server = newServer(this.#accept);
    const mask = process.umask(0o177);
    try {
      await this.#listen(path, (ready) => this.#server.listen(path, ready));
    } finally {
      process.umask(mask);
    }
    // In this order: at no moment may a group connect that should not.
    if (gid !== undefined) chownSync(path, -1, gid);
    chmodSync(path, gid === undefined ? 0o600 : 0o660);
  }

  #listen(address: string, listen: (ready: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => {
        reject(cannotListen(address, error));
      };
      this.#server.once('error', refuse);
      listen(() => {
        this.#server.off('error', refuse);
        resolve();
      });
    });
  }
}

/** What is taken by another program is no mistake in the configuration: it may be free a moment later. */
function cannotListen(address: string, cause: NodeJS.ErrnoException): IpamError {
  if (cause.code === 'EADDRINUSE') {
    return new IpamError('in-use', `cannot listen on ${address}: another program does`, {
      advice: 'ss -lntp shows which one; stop it, or name another address in the configuration or with a flag',
      cause,
    });
  }
  const advice = listenAdvice[cause.code ?? ''] ?? '';
  return new IpamError('invalid-config', `cannot listen on ${address}: ${cause.message}`, { advice, cause });
}

const listenAdvice: Readonly<Record<string, string>> = {
  EACCES: 'ports below 1024 are for root, and a socket needs a folder that this user may write to',
  EADDRNOTAVAIL: 'no interface of this machine has the address',
  ENOENT: 'its folder is not there',
};

function newServer(accept: (socket: Socket) => void): Server {
  // A connection that cannot be accepted, for want of a descriptor, is that connection's misfortune alone.
  return createServer(accept).on('error', () => {});
}
