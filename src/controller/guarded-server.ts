import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import fastify, { type FastifyInstance } from 'fastify';
import type { ConnectionLimits } from '../api/connection-limits.ts';
import { addressOf } from '../api/gate.ts';
import { schemaController } from '../api/no-schemas.ts';
import { OneRequest } from '../api/one-request.ts';
import { sourceOf } from '../api/source.ts';
import { http } from '../platform/node-http.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import { Underway, type UnderwayLimits } from './underway.ts';

/** Who asks waits ten seconds for us at most; who sends more slowly than that is none of them. */
const requestTimeoutMs = 10_000;
const headersTimeoutMs = 5_000;
/** How often to look for those who do. */
const lookMs = 1_000;
const headerBytes = 8 * 1024;
/** A connection on which nothing moves for so long is closed; longer than any answer takes. */
const idleMs = 15_000;

/** Who may ask: callers with a certificate of this authority, by its subject's common name. */
export interface TrustedCallers {
  /** PEM. */
  readonly ca: string;
  /** Empty: every certificate of the authority. */
  readonly names: readonly string[];
}

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

export interface GuardedServerParts {
  /** What it is, for messages. */
  readonly title: string;
  /** Who asks it, for messages. */
  readonly caller: string;
  /** By path: the answer to the JSON that is posted there. @throws IpamError invalid-argument: answered with 400 */
  readonly routes: Readonly<Record<string, (body: unknown) => Promise<unknown>>>;
  /** Bytes of a body. */
  readonly bodyLimit: number;
  /** Bodies may be in memory for as many requests at once. */
  readonly underway: UnderwayLimits;
  /** Absent: any number of connections. */
  readonly limits?: ConnectionLimits;
  /** Told where from somebody asked again before the answer: reading what else has come with it costs milliseconds. */
  readonly onPipelined?: (address: string) => void;
  /** Absent: whoever reaches the port. Only with a certificate. */
  readonly callers?: TrustedCallers;
}

/** Questions that are posted as JSON, over HTTPS or HTTP, from who may be anybody: bounded in number, size and time. */
export class GuardedServer {
  readonly #parts: GuardedServerParts;
  readonly #app: FastifyInstance<Server | SecureServer>;

  /** @param pair undefined: plain HTTP */
  constructor(parts: GuardedServerParts, pair: TlsPair | undefined) {
    this.#parts = parts;
    const oneRequest = new OneRequest();
    this.#app = fastify<Server | SecureServer>({
      schemaController,
      serverFactory: (handle) => {
        const options = {
          requestTimeout: requestTimeoutMs,
          headersTimeout: headersTimeoutMs,
          connectionsCheckingInterval: lookMs,
          keepAliveTimeout: idleMs,
          maxHeaderSize: headerBytes,
        };
        const onRequest: Parameters<typeof http.createServer>[1] = (request, response) => {
          const { socket } = request;
          if (oneRequest.admit(request, response, () => parts.onPipelined?.(addressOf(socket)))) {
            handle(request, response);
          }
        };
        const server =
          pair === undefined
            ? http.createServer(options, onRequest)
            : createSecureServer({ ...options, ...this.#secured(pair), handshakeTimeout: requestTimeoutMs }, onRequest);
        server.setTimeout(idleMs);
        return server;
      },
      bodyLimit: parts.bodyLimit,
      logger: false,
      forceCloseConnections: 'idle',
    });
    this.#limit();
    this.#serve();
  }

  /** @returns the port, when the system was to choose it. @throws IpamError invalid-config */
  async listen(host: string, port: number): Promise<number> {
    try {
      // Without a host it would be localhost.
      await this.#app.listen({ host: host === '' ? '::' : host, port });
    } catch (error) {
      throw new IpamError(
        'invalid-config',
        `${this.#parts.title} cannot listen on ${host}:${port}: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const address = this.#app.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** New connections get the new certificate; those that are open go on. */
  use(pair: TlsPair): void {
    if ('setSecureContext' in this.#app.server) this.#app.server.setSecureContext(this.#secured(pair));
  }

  /** Answers what is under way, then ends. */
  async stop(): Promise<void> {
    await this.#app.close();
  }

  #serve(): void {
    const { routes, caller, underway: limits } = this.#parts;
    const underway = new Underway(limits);
    // Before the body is read: that is what costs.
    this.#app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
      if (!this.#isTrusted(socket as TLSSocket)) return reply.code(403).send({ error: `not a known ${caller}` });
      const turn = underway.enter(sourceOf(addressOf(socket)), () => socket.destroy());
      reply.raw.once('close', () => turn.end());
      if (!(await turn.begun)) return reply.code(503).send({ error: 'too many requests at once; try again' });
    });
    for (const [path, answer] of Object.entries(routes)) {
      this.#app.post(path, async ({ body }, reply) => {
        try {
          return await answer(body);
        } catch (error) {
          if (!isIpamError(error, 'invalid-argument')) throw error;
          return reply.code(400).send({ error: error.message });
        }
      });
    }
  }

  #limit(): void {
    const { limits, callers } = this.#parts;
    if (limits === undefined) return;
    this.#app.server.on('connection', (socket) => void limits.admit(socket as Socket));
    if (callers === undefined) return;
    this.#app.server.on('secureConnection', (stream: TLSSocket) => void limits.identified(stream));
  }

  #secured({ cert, key }: TlsPair): SecureContextOptions & TlsOptions {
    const { callers } = this.#parts;
    const asks = callers === undefined ? {} : { ca: callers.ca, requestCert: true, rejectUnauthorized: true };
    return { cert, key, minVersion: 'TLSv1.2', ...asks };
  }

  #isTrusted(socket: TLSSocket): boolean {
    const { names = [] } = this.#parts.callers ?? {};
    return names.length === 0 || names.includes(String(socket.getPeerCertificate().subject?.CN));
  }
}
