import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import type { CniHandler } from '../cni/handler.ts';
import { cniContentType, decodeCall, encodeAnswer } from '../cni/wire.ts';
import type { Readiness } from '../ipam/port.ts';
import { http } from '../platform/node-http.ts';
import { IpamError } from '../resources/errors.ts';
import type { Caller } from './caller.ts';
import { withCaller } from './current-caller.ts';
import { schemaController } from './no-schemas.ts';
import { OneRequest } from './one-request.ts';
import type { Refusals } from './refusals.ts';
import { acceptsGzip, type Scraped } from './scraped.ts';

/** A CNI call: 4 MiB of configuration, and what a plugin printed. */
const bodyLimit = 9 * 1024 * 1024;
/** What strangers send has no body that would be read. */
const strangerBodyLimit = 1024;
const headerBytes = 8 * 1024;

/** For all headers, for a whole request, and how often to look; a client that takes longer is let go. */
const headersMs = 5_000;
const requestMs = 10_000;
const lookMs = 1_000;
/** For an answer to be made and read, milliseconds: then the connection ends, read or not. */
const answerMs = 10_000;

export interface HttpServerParts {
  readonly readiness: () => Readiness;
  /** Why nothing can be kept on the disk; empty: it can. */
  readonly trouble?: () => string;
  /** Why writes to the store do not go through; empty: they do. Addresses of leased blocks are given all the same. */
  readonly outage?: () => string;
  readonly metrics: () => Promise<Scraped>;
  /** Only where the caller is trusted: on the Unix socket. */
  readonly cni?: CniHandler;
  /** Told of requests that are none, and of CNI calls where the caller is not trusted. */
  readonly refusals?: Refusals;
  /** Told who asked before he had his answer: reading what else has come with it costs twenty milliseconds. */
  readonly onPipelined?: (caller: Caller) => void;
}

/**
 * Health, metrics, and the CNI executables' calls, over connections that a listener accepted. One request at a time on a
 * connection; a stranger's ends with its first answer, so that what is not read is bounded by the connections.
 */
export class HttpServer {
  readonly #refusals: Refusals | undefined;
  readonly #onPipelined: HttpServerParts['onPipelined'];
  readonly #callers = new WeakMap<Duplex, Caller>();
  readonly #oneRequest = new OneRequest();
  readonly #app: FastifyInstance;

  constructor(parts: HttpServerParts) {
    const isTrusted = parts.cni !== undefined;
    this.#app = fastify({
      bodyLimit: isTrusted ? bodyLimit : strangerBodyLimit,
      logger: false,
      schemaController,
      forceCloseConnections: true,
      serverFactory: (handle) =>
        http.createServer(
          {
            requestTimeout: requestMs,
            headersTimeout: headersMs,
            connectionsCheckingInterval: lookMs,
            maxHeaderSize: headerBytes,
          },
          (request, response) => {
            if (this.#admit(request, response, isTrusted)) handle(request, response);
          },
        ),
    });
    // Alive means: the process answers, and a restart would be no better. Healthy: what it does is kept. Ready: it can
    // serve an ADD.
    this.#app.get('/livez', async () => ({ status: 'ok' }));
    this.#app.get('/healthz', async (_request, reply) => {
      const trouble = parts.trouble?.() ?? '';
      return trouble === '' ? { status: 'ok' } : reply.code(503).send({ status: 'failing', reason: trouble });
    });
    this.#app.get('/readyz', async (_request, reply) => {
      const { ready, reason } = parts.readiness();
      if (!ready) return reply.code(503).send({ status: 'not ready', reason });
      const outage = parts.outage?.() ?? '';
      return reply.send(outage === '' ? { status: 'ready' } : { status: 'degraded', reason: outage });
    });
    this.#app.get('/metrics', async ({ headers }, reply) => {
      const text = (await parts.metrics()).for(headers.accept);
      reply.headers({ 'content-type': text.contentType, vary: 'accept, accept-encoding' });
      if (!acceptsGzip(headers['accept-encoding'])) return reply.send(text.body);
      return reply.header('content-encoding', 'gzip').send(await text.gzipped());
    });
    this.#refusals = parts.refusals;
    this.#onPipelined = parts.onPipelined;
    // Beside fastify's own, which answers.
    this.#app.server.prependListener('clientError', (error: NodeJS.ErrnoException, stream) =>
      this.#note(error, stream),
    );
    if (parts.cni !== undefined) this.#serveCni(parts.cni);
    else this.#refuseCni();
  }

  async ready(): Promise<void> {
    await this.#app.ready();
    // The server begins to look for slow requests when it listens, and this one never does.
    this.#app.server.emit('listening');
  }

  accept(connection: Duplex, caller: Caller): void {
    this.#callers.set(connection, caller);
    this.#app.server.emit('connection', connection);
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  #admit(request: IncomingMessage, response: ServerResponse, isTrusted: boolean): boolean {
    const { socket } = request;
    if (!this.#oneRequest.admit(request, response, () => this.#pipelined(socket))) return false;
    if (isTrusted) return true;
    response.setHeader('connection', 'close');
    const late = setTimeout(() => socket.destroy(), answerMs);
    socket.once('close', () => clearTimeout(late));
    return true;
  }

  #pipelined(socket: Duplex): void {
    const caller = this.#callers.get(socket);
    if (caller === undefined) return;
    this.#refusals?.protocol(caller, 'pipelined', 'HTTP: a request before the answer to the one before');
    this.#onPipelined?.(caller);
  }

  #for<T>(stream: Duplex, act: () => T): T {
    const caller = this.#callers.get(stream);
    return caller === undefined ? act() : withCaller({ ...caller, via: 'cni' }, act);
  }

  #note(error: NodeJS.ErrnoException, stream: Duplex): void {
    const caller = this.#callers.get(stream);
    // Who goes away in the middle is refused nothing.
    if (caller === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
    const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    this.#refusals?.protocol(caller, isLate ? 'too-slow' : 'bad-http', `HTTP: ${error.message}`);
  }

  #refuseCni(): void {
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser('*', (_request, _body, done) => done(null));
    this.#app.post('/cni', async (request, reply) => {
      const caller = this.#callers.get(request.raw.socket);
      const message = 'CNI calls are taken on the Unix socket, of root and the user of the daemon';
      if (caller !== undefined) this.#refusals?.protocol(caller, 'permission-denied', message, '/cni');
      return reply.code(404).send({ error: message });
    });
  }

  #serveCni(handle: CniHandler): void {
    this.#app.addContentTypeParser(cniContentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.#app.post('/cni', async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) return reply.code(415).send({ error: `send ${cniContentType}` });
      try {
        const call = decodeCall(request.body);
        const answer = await this.#for(request.raw.socket, () => handle(call));
        const { headers, body } = encodeAnswer(answer);
        return await reply.headers(headers).type('application/octet-stream').send(Buffer.from(body));
      } catch (error) {
        if (!(error instanceof IpamError)) throw error;
        return reply.code(400).send({ error: error.message });
      }
    });
  }
}
