import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import type { CniHandler } from '../cni/handler.ts';
import { cniContentType, decodeCall, encodeAnswer } from '../cni/wire.ts';
import type { Readiness } from '../ipam/port.ts';
import { IpamError } from '../resources/errors.ts';

/** A CNI call: 4 MiB of configuration, and what a plugin printed. */
const bodyLimit = 9 * 1024 * 1024;

/** For all headers, for a whole request, and how often to look; a client that takes longer is let go. */
const headersMs = 5_000;
const requestMs = 10_000;
const lookMs = 1_000;

export interface HttpServerParts {
  readonly readiness: () => Readiness;
  /** Why writes to the store do not go through; empty: they do. Addresses of leased blocks are given all the same. */
  readonly outage?: () => string;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Only where the caller is trusted: on the Unix socket. */
  readonly cni?: CniHandler;
}

/** Health, metrics, and the CNI executables' calls, over connections that somebody else accepted. */
export class HttpServer {
  readonly #app: FastifyInstance;

  constructor(parts: HttpServerParts) {
    this.#app = fastify({
      bodyLimit,
      logger: false,
      forceCloseConnections: true,
      requestTimeout: requestMs,
      http: { connectionsCheckingInterval: lookMs },
    });
    this.#app.server.headersTimeout = headersMs;
    // Alive means: the process answers. Ready means: it can serve an ADD.
    this.#app.get('/healthz', async () => ({ status: 'ok' }));
    this.#app.get('/readyz', async (_request, reply) => {
      const { ready, reason } = parts.readiness();
      if (!ready) return reply.code(503).send({ status: 'not ready', reason });
      const outage = parts.outage?.() ?? '';
      return reply.send(outage === '' ? { status: 'ready' } : { status: 'degraded', reason: outage });
    });
    this.#app.get('/metrics', async (_request, reply) => {
      const { contentType, body } = await parts.metrics();
      return reply.header('content-type', contentType).send(body);
    });
    if (parts.cni !== undefined) this.#serveCni(parts.cni);
  }

  async ready(): Promise<void> {
    await this.#app.ready();
    // The server begins to look for slow requests when it listens, and this one never does.
    this.#app.server.emit('listening');
  }

  accept(connection: Duplex): void {
    this.#app.server.emit('connection', connection);
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  #serveCni(handle: CniHandler): void {
    this.#app.addContentTypeParser(cniContentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.#app.post('/cni', async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) return reply.code(415).send({ error: `send ${cniContentType}` });
      try {
        const { headers, body } = encodeAnswer(await handle(decodeCall(request.body)));
        return await reply.headers(headers).type('application/octet-stream').send(Buffer.from(body));
      } catch (error) {
        if (!(error instanceof IpamError)) throw error;
        return reply.code(400).send({ error: error.message });
      }
    });
  }
}
