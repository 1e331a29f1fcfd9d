import type { Server } from 'node:https';
import fastify, { type FastifyInstance } from 'fastify';
import { IpamError } from '../../resources/errors.ts';
import { type AdmissionRequest, parseReview, reviewAnswer, type Verdict } from './admission-review.ts';

/** Both objects of an update, each as large as etcd takes them (1.5 MiB), with room for how JSON writes them. */
const bodyLimit = 8 * 1024 * 1024;
/** API servers wait ten seconds for us; who sends more slowly than that is none. */
const requestTimeoutMs = 10_000;
/** Two API servers have a few connections each. Whoever holds hundreds is up to something. */
const mostConnections = 500;

export interface AdmissionServerParts {
  readonly validate: (request: AdmissionRequest) => Promise<Verdict>;
  readonly mutate: (request: AdmissionRequest) => Promise<Verdict>;
}

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** AdmissionReviews over HTTPS: `POST /validate` and `POST /mutate`. What is no review gets 400, and the write fails. */
export class AdmissionServer {
  readonly #app: FastifyInstance<Server>;

  constructor(parts: AdmissionServerParts, { cert, key }: TlsPair) {
    this.#app = fastify({
      https: { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: requestTimeoutMs },
      bodyLimit,
      requestTimeout: requestTimeoutMs,
      logger: false,
      forceCloseConnections: 'idle',
    });
    this.#app.server.maxConnections = mostConnections;
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
  use({ cert, key }: TlsPair): void {
    this.#app.server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
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
