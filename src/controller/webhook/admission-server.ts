import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import fastify, { type FastifyInstance } from 'fastify';
import type { ConnectionLimits } from '../../api/connection-limits.ts';
import { addressOf } from '../../api/gate.ts';
import { schemaController } from '../../api/no-schemas.ts';
import { OneRequest } from '../../api/one-request.ts';
import { sourceOf } from '../../api/source.ts';
import { IpamError } from '../../resources/errors.ts';
import { type AdmissionRequest, parseReview, reviewAnswer, type Verdict } from './admission-review.ts';
import { Underway } from './underway.ts';

/** Both objects of an update: an API server takes requests of 3 MiB, and etcd none over 1.5 MiB. */
const bodyLimit = 4 * 1024 * 1024;
/** API servers wait ten seconds for us; who sends more slowly than that is none. */
const requestTimeoutMs = 10_000;
const headersTimeoutMs = 5_000;
/** How often to look for those who do. */
const lookMs = 1_000;
const headerBytes = 8 * 1024;
/** A connection on which nothing moves for so long is closed; longer than any review takes. */
const idleMs = 15_000;
/** Bodies may be in memory for as many requests at once. Waiting and review together are sooner than API servers give up. */
const underwayLimits = { inAll: 48, fromOne: 16, waitMs: 2_000 };

/** Who may ask for reviews: callers with a certificate of this authority, by its subject's common name. */
export interface TrustedCallers {
  /** PEM. */
  readonly ca: string;
  /** Empty: every certificate of the authority. */
  readonly names: readonly string[];
}

export interface AdmissionServerParts {
  readonly validate: (request: AdmissionRequest) => Promise<Verdict>;
  readonly mutate: (request: AdmissionRequest) => Promise<Verdict>;
  /** Absent: any number of connections. */
  readonly limits?: ConnectionLimits;
  /** Told where from somebody asked again before the answer: reading what else has come with it costs milliseconds. */
  readonly onPipelined?: (address: string) => void;
}

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** AdmissionReviews over HTTPS: `POST /validate` and `POST /mutate`. What is no review gets 400, and the write fails. */
export class AdmissionServer {
  readonly #app: FastifyInstance<Server>;
  readonly #callers: TrustedCallers | undefined;

  constructor(parts: AdmissionServerParts, pair: TlsPair, callers?: TrustedCallers) {
    this.#callers = callers;
    const oneRequest = new OneRequest();
    this.#app = fastify({
      schemaController,
      serverFactory: (handle) => {
        const server = createServer(
          {
            ...this.#secured(pair),
            handshakeTimeout: requestTimeoutMs,
            requestTimeout: requestTimeoutMs,
            headersTimeout: headersTimeoutMs,
            connectionsCheckingInterval: lookMs,
            keepAliveTimeout: idleMs,
            maxHeaderSize: headerBytes,
          },
          (request, response) => {
            const { socket } = request;
            if (oneRequest.admit(request, response, () => parts.onPipelined?.(addressOf(socket)))) {
              handle(request, response);
            }
          },
        );
        server.setTimeout(idleMs);
        return server;
      },
      bodyLimit,
      logger: false,
      forceCloseConnections: 'idle',
    });
    this.#limit(parts.limits);
    const underway = new Underway(underwayLimits);
    // Before the body is read: that is what costs.
    this.#app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
      if (!this.#isTrusted(socket as TLSSocket)) return reply.code(403).send({ error: 'not a known API server' });
      const turn = underway.enter(sourceOf(addressOf(socket)), () => socket.destroy());
      reply.raw.once('close', () => turn.end());
      if (!(await turn.begun)) return reply.code(503).send({ error: 'too many reviews at once; try again' });
    });
    for (const path of ['validate', 'mutate'] as const) {
      this.#app.post(`/${path}`, async ({ body }, reply) => {
        const request = requestOf(body);
        if (request instanceof IpamError) return reply.code(400).send({ error: request.message });
        return reviewAnswer(request.uid, await parts[path](request));
      });
    }
  }

  /** @returns the port, when the system was to choose it. @throws IpamError invalid-config */
  async listen(host: string, port: number): Promise<number> {
    try {
      // Without a host it would be localhost.
      await this.#app.listen({ host: host === '' ? '::' : host, port });
    } catch (error) {
      throw new IpamError(
        'invalid-config',
        `the webhook cannot listen on ${host}:${port}: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
    const address = this.#app.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** New connections get the new certificate; those that are open go on. */
  use(pair: TlsPair): void {
    this.#app.server.setSecureContext(this.#secured(pair));
  }

  #limit(limits: ConnectionLimits | undefined): void {
    if (limits === undefined) return;
    this.#app.server.on('connection', (socket) => void limits.admit(socket as Socket));
    if (this.#callers === undefined) return;
    this.#app.server.on('secureConnection', (stream) => void limits.identified(stream));
  }

  #secured({ cert, key }: TlsPair): SecureContextOptions & TlsOptions {
    const asks =
      this.#callers === undefined ? {} : { ca: this.#callers.ca, requestCert: true, rejectUnauthorized: true };
    return { cert, key, minVersion: 'TLSv1.2', ...asks };
  }

  #isTrusted(socket: TLSSocket): boolean {
    const { names = [] } = this.#callers ?? {};
    return names.length === 0 || names.includes(String(socket.getPeerCertificate().subject?.CN));
  }

  /** Answers what is under way, then ends. */
  async stop(): Promise<void> {
    await this.#app.close();
  }
}

function requestOf(body: unknown): AdmissionRequest | IpamError {
  try {
    return parseReview(body);
  } catch (error) {
    if (error instanceof IpamError) return error;
    throw error;
  }
}
