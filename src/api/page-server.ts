import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ClusterwideAdministration } from '../ipam/cluster-port.ts';
import { layout } from '../page/layout.ts';
import type { Shown, View } from '../page/page.ts';
import { failure, routeTo } from '../page/site.ts';
import { chosenCookies, preferencesOf, textsOf, type Visitor } from '../page/visitor.ts';
import { http } from '../platform/node-http.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from './caller.ts';
import type { Connection } from './connections.ts';
import type { Guard } from './guard.ts';
import { schemaController } from './no-schemas.ts';
import { OneRequest } from './one-request.ts';
import { pageActions } from './page-actions.ts';
import { pageAssets } from './page-assets.ts';
import { headersOfAll, headersOfPage } from './page-headers.ts';
import { streamChanges } from './page-live.ts';
import { isLoopbackHost, isOwnForm } from './page-origin.ts';
import { mayCall } from './permissions.ts';
import { acceptsGzip } from './scraped.ts';

/** A form has a reason and a number. */
const bodyLimit = 16 * 1024;
const headerBytes = 8 * 1024;
const headersMs = 5_000;
const requestMs = 10_000;
const lookMs = 1_000;
/** A connection on which a browser asks for nothing more. */
const idleMs = 15_000;
/** Less is not worth the time. */
const compressedFrom = 1_024;
/** Who may see the stream sees who has which address. */
const liveCalls = ['/ipam.IPAM/WatchAllocations', '/ipam.IPAM/Explain'] as const;

const compress = promisify(gzip);

export interface PageServerParts extends Omit<Shown, 'actions' | 'administration'> {
  readonly administration: ClusterwideAdministration;
  readonly guard: Guard;
  readonly log: Log;
  /** Resolves when the daemon has started: a page that is asked for before waits. */
  readonly opened: () => Promise<void>;
  /** Do both sides show certificates? Without, only this machine is answered. */
  readonly isSecure: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who asks for what. */
interface Request {
  readonly connection: Connection;
  readonly visitor: Visitor;
  readonly url: URL;
}

/** Pages for people, over connections that a listener accepted: the same callers, permissions and limits as of gRPC. */
export class PageServer {
  readonly #parts: PageServerParts;
  readonly #connections = new WeakMap<Duplex, Connection>();
  readonly #oneRequest = new OneRequest();
  readonly #assets = pageAssets();
  readonly #app: FastifyInstance;

  constructor(parts: PageServerParts) {
    this.#parts = parts;
    this.#app = fastify({
      ...{ bodyLimit, schemaController, logger: false, forceCloseConnections: true },
      serverFactory: (handle) =>
        http.createServer(
          {
            requestTimeout: requestMs,
            headersTimeout: headersMs,
            connectionsCheckingInterval: lookMs,
            keepAliveTimeout: idleMs,
            maxHeaderSize: headerBytes,
          },
          (request, response) => {
            if (this.#oneRequest.admit(request, response, () => {})) handle(request, response);
          },
        ),
    });
    this.#app.removeAllContentTypeParsers();
    const form = 'application/x-www-form-urlencoded';
    this.#app.addContentTypeParser(form, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    this.#app.addHook('onRequest', async (_request, reply) => void reply.headers(headersOfAll));
    for (const { path, contentType, body } of Object.values(this.#assets)) {
      this.#app.get(path, async (_request, reply) =>
        reply.type(contentType).header('cache-control', 'private, max-age=31536000, immutable').send(body),
      );
    }
    this.#app.get('/live', (request, reply) => this.#live(request, reply));
    this.#app.get('/*', (request, reply) => this.#page(request, reply));
    this.#app.post('/*', (request, reply) => this.#page(request, reply));
    this.#app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
      const { statusCode = 500 } = error;
      if (statusCode >= 500) parts.log.error({ err: error }, 'a page could not be made');
      return reply
        .code(statusCode)
        .type('text/plain')
        .send(statusCode >= 500 ? 'this did not work\n' : error.message);
    });
  }

  async ready(): Promise<void> {
    await this.#app.ready();
    // The server begins to look for slow requests when it listens, and this one never does.
    this.#app.server.emit('listening');
  }

  accept(connection: Duplex, caller: Caller): void {
    this.#connections.set(
      connection,
      this.#parts.guard.connectionOf(caller, () => connection.destroy()),
    );
    this.#app.server.emit('connection', connection);
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  async #page(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { connection, visitor, url } = this.#asked(request);
    const texts = textsOf(visitor);
    const view = await this.#view(request, reply, { connection, visitor, url }).catch((error: unknown) => {
      if (!isIpamError(error)) throw error;
      return failure(texts, error);
    });
    reply.headers(headersOfPage);
    const cookies = chosenCookies(url.searchParams);
    if (cookies.length > 0) reply.header('set-cookie', cookies);
    if ('goTo' in view) return reply.code(303).header('location', view.goTo).send('');
    const { style, script, icon } = this.#assets;
    const text = layout({
      ...{ title: view.title, main: view.main, texts, visitor, isLive: view.isLive ?? false },
      here: { path: url.pathname, query: url.searchParams },
      assets: { style: style.path, script: script.path, icon: icon.path },
    });
    reply.code(view.status ?? 200).type('text/html; charset=utf-8');
    if (text.length < compressedFrom || !acceptsGzip(request.headers['accept-encoding'])) return reply.send(text);
    return reply.header('content-encoding', 'gzip').send(await compress(text));
  }

  /** @throws IpamError */
  async #view(request: FastifyRequest, reply: FastifyReply, { connection, visitor, url }: Request): Promise<View> {
    this.#requireOwn(request, connection);
    const { route, places } = routeTo(request.method === 'HEAD' ? 'GET' : request.method, url.pathname);
    reply.raw.once('close', this.#parts.guard.enter(connection, route.calls));
    await this.#parts.opened();
    const { administration, topology, resources, now } = this.#parts;
    const actions = pageActions(administration, connection);
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    return connection.forCaller(() =>
      route.show(
        { places, query: url.searchParams, form, now: now(), visitor, texts: textsOf(visitor) },
        { administration, topology, resources, actions },
      ),
    );
  }

  async #live(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { connection } = this.#asked(request);
    try {
      this.#requireOwn(request, connection);
      reply.raw.once('close', this.#parts.guard.enter(connection, liveCalls));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      return void reply.code(403).type('text/plain').send(error.message);
    }
    await this.#parts.opened();
    reply.hijack();
    reply.raw.writeHead(200, { ...headersOfAll, ...headersOfPage, 'content-type': 'text/event-stream' });
    await streamChanges(reply.raw, this.#parts.administration, this.#parts.now);
  }

  #asked({ raw, headers }: FastifyRequest): Request {
    const connection = this.#connections.get(raw.socket);
    if (connection === undefined) throw new IpamError('not-ready', 'the connection of this request has ended');
    const { name, role } = connection.caller;
    const url = new URL(raw.url ?? '/', 'http://page');
    const { cookie: cookies = '', 'accept-language': accepts = '' } = headers;
    const preferences = preferencesOf({ query: url.searchParams, cookies, accepts });
    const visitor: Visitor = { name, role, ...preferences, may: (method) => mayCall(role, method) };
    return { connection, visitor, url };
  }

  /** @throws IpamError permission-denied: it was asked for by a name, or sent from a page, that is not ours */
  #requireOwn({ method, headers }: FastifyRequest, connection: Connection): void {
    const { host, origin, 'sec-fetch-site': site } = headers;
    const { isSecure } = this.#parts;
    const why =
      !isSecure && !isLoopbackHost(host)
        ? `without certificates the page is not served as ${JSON.stringify(host ?? '')}`
        : method === 'POST' && !isOwnForm({ origin, host, site: site?.toString() }, isSecure ? 'https' : 'http')
          ? 'the form was not sent from a page of this daemon'
          : undefined;
    if (why === undefined) return;
    const error = new IpamError('permission-denied', why);
    connection.onRefused('page', error);
    throw error;
  }
}
