import type {
  Agent,
  AgentOptions,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
} from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { http } from '../../platform/node-http.ts';
import { AbortListeners } from './abort-listeners.ts';
import type { Access } from './access.ts';
import type { Credentials } from './credentials.ts';

export interface TransportOptions {
  readonly access: Access;
  readonly userAgent: string;
  /** Requests on their way at once, beside watches; more wait. */
  readonly maxInFlight: number;
}

export interface Sent {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** How long to wait for the answer; of an open stream, for its beginning. */
  readonly timeoutMs: number;
  /** The first that aborts gives the request up. */
  readonly signals: readonly AbortSignal[];
}

export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No answer came. `sent` is false when the server cannot have seen the request. */
export class BrokenRequest extends Error {
  override readonly name = 'BrokenRequest';
  readonly sent: boolean;
  /** Code of the system or of OpenSSL, as `ECONNREFUSED`. */
  readonly code: string;

  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.sent = sent;
    this.code = (cause as { code?: string } | undefined)?.code ?? '';
  }
}

/** An unused connection is closed after this time, sooner than servers do: a write must not meet their close. */
const idleMs = 30_000;
/** First probe of a silent connection; the system's later ones come each second. */
const probeAfterMs = 15_000;

interface Agents {
  readonly credentials: Credentials;
  readonly requests: Agent;
  /** Watches last, and must not take the places of requests. */
  readonly streams: Agent;
}

/** HTTP/1.1 to one API server over kept connections. One request is one attempt; nothing is repeated here. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #server: URL;
  readonly #isPlain: boolean;
  readonly #waiting = new AbortListeners();
  #agents: Agents | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#server = new URL(options.access.options.server);
    this.#isPlain = this.#server.protocol === 'http:';
  }

  get origin(): string {
    return this.#server.origin;
  }

  /** @throws BrokenRequest, IpamError permission-denied */
  async send(sent: Sent): Promise<Answer> {
    const agents = await this.#agentsNow();
    return this.#exchange(sent, agents.requests, agents.credentials, async (incoming) => {
      const { statusCode: code = 0, headers } = incoming;
      return { code, headers, text: await textOf(incoming) };
    });
  }

  /**
   * The body comes as it is sent. Who takes it destroys it.
   * @throws BrokenRequest, IpamError permission-denied
   */
  async open(sent: Sent): Promise<Answer | IncomingMessage> {
    const agents = await this.#agentsNow();
    return this.#exchange(sent, agents.streams, agents.credentials, async (incoming) => {
      const { statusCode: code = 0, headers } = incoming;
      return code === 200 ? incoming : { code, headers, text: await textOf(incoming) };
    });
  }

  #exchange<T>(
    { method, path, body, contentType, timeoutMs, signals }: Sent,
    agent: Agent,
    { token }: Credentials,
    receive: (incoming: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const headers: OutgoingHttpHeaders = { accept: 'application/json', 'user-agent': this.#options.userAgent };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) {
      headers['content-type'] = contentType ?? 'application/json';
      headers['content-length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve, reject) => {
      let outgoing: ClientRequest | undefined;
      let sent = false;
      let given: string | undefined;
      const giveUp = (why: string): void => {
        given ??= why;
        outgoing?.destroy();
      };
      const onAbort = (): void => giveUp('given up');
      const timer = setTimeout(() => giveUp(`no answer within ${Math.round(timeoutMs)} ms`), timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        for (const signal of signals) this.#waiting.delete(signal, onAbort);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(new BrokenRequest(given ?? (error as Error).message, sent, error));
      };
      if (signals.some((signal) => signal.aborted)) return fail(new Error('given up'));
      for (const signal of signals) this.#waiting.add(signal, onAbort);
      const { hostname, port } = this.#server;
      const prefix = this.#server.pathname.replace(/\/$/, '');
      const options = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port, path: prefix + path, method, headers };
      outgoing = (this.#isPlain ? http : https).request({ ...options, agent }, (incoming) => {
        sent = true;
        receive(incoming).then((value) => {
          settle();
          resolve(value);
        }, fail);
      });
      outgoing.once('socket', (socket: Socket) => {
        // A request is written once its connection stands; until then no server has seen it.
        if (socket.connecting) socket.once(this.#isPlain ? 'connect' : 'secureConnect', () => (sent = true));
        else sent = true;
      });
      outgoing.once('error', fail);
      outgoing.end(body);
    });
  }

  async #agentsNow(): Promise<Agents> {
    const credentials = await this.#options.access.current();
    const present = this.#agents;
    const isSame = (['ca', 'cert', 'key'] as const).every((part) => present?.credentials[part] === credentials[part]);
    // Connections of former certificates end by themselves: what is under way goes on, what is idle is closed.
    const agents = present !== undefined && isSame ? { ...present, credentials } : this.#newAgents(credentials);
    this.#agents = agents;
    return agents;
  }

  #newAgents(credentials: Credentials): Agents {
    const { serverName, insecure } = this.#options.access.options;
    const { ca, cert, key } = credentials;
    const keep = { keepAlive: true, keepAliveMsecs: probeAfterMs, timeout: idleMs, scheduling: 'lifo' } as const;
    const tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      rejectUnauthorized: insecure !== true,
    };
    const make = (more: AgentOptions): Agent => {
      const agent = this.#isPlain
        ? new http.Agent({ ...keep, ...more })
        : new https.Agent({ ...keep, ...tls, ...more });
      // An agent knows one server and one set of certificates here. The name of connections would say them all, each time.
      agent.getName = () => this.origin;
      return agent;
    };
    return { credentials, requests: make({ maxSockets: this.#options.maxInFlight }), streams: make({}) };
  }
}

function textOf(incoming: IncomingMessage): Promise<string> {
  // Events, not an iterator: one of those takes as long as all the rest of a small answer.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => resolve(Buffer.concat(chunks).toString()));
    incoming.once('error', reject);
    incoming.once('close', () => {
      if (!incoming.readableEnded) reject(new Error('the answer broke off'));
    });
  });
}
