import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { http } from '../../platform/node-http.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import { formatJson, readJson } from '../../resources/json-text.ts';
import { Access, type AccessOptions } from './access.ts';
import { apiError, parseStatus } from './api-error.ts';
import { describeTarget, targetOf } from './api-path.ts';
import { type Failure, mayRepeat, pauseBefore } from './repeat.ts';
import { type Answer, BrokenRequest, type Sent, Transport } from './transport.ts';

/** Told of every attempt: RBAC's verb, `pods` or `pods/status`, the HTTP status or `<error>`, seconds. */
export type RequestObserver = (verb: string, resource: string, code: string, seconds: number) => void;

export interface RequestsOptions {
  readonly access: AccessOptions;
  /** Shown in the API server's audit log: `ipam-daemon/1.2.3`. */
  readonly userAgent: string;
  readonly onRequest?: RequestObserver;
  /** How long a request may take with all its repetitions, milliseconds; 15 s. */
  readonly requestDeadlineMs?: number;
  /** How long one attempt may take, milliseconds; 10 s. */
  readonly attemptTimeoutMs?: number;
  /** Requests on their way at once, 1 or more; 64. */
  readonly maxInFlight?: number;
}

export interface Call {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly method: string;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, one attempt or all, milliseconds; absent: as any. */
  readonly withinMs?: number | undefined;
}

export type Query = Readonly<Record<string, string | undefined>>;

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** A certificate that does not fit stays so, unless its files were just replaced. */
const certificateCodes = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

type Result = Answer | IncomingMessage;

/** Requests to one API server: each with a deadline, repeated as far as that is safe, counted, its errors translated. */
export class Requests {
  readonly #options: Required<RequestsOptions>;
  readonly #access: Access;
  readonly #transport: Transport;
  readonly #closing = new AbortController();

  constructor(options: RequestsOptions) {
    const defaults = { onRequest: () => {}, requestDeadlineMs: 15_000, attemptTimeoutMs: 10_000, maxInFlight: 64 };
    this.#options = { ...defaults, ...options };
    this.#access = new Access(options.access);
    const { userAgent, maxInFlight } = this.#options;
    this.#transport = new Transport({ access: this.#access, userAgent, maxInFlight });
  }

  /** Aborted by close(). */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** @returns the object that was answered. @throws IpamError, see api-error.ts */
  async json<T>(call: Call): Promise<T> {
    const result = await this.#attempts(call, (sent) => this.#transport.send(sent));
    try {
      return readJson((result as Answer).text) as T;
    } catch (error) {
      throw this.#unavailable(call, `the answer is not JSON: ${(error as Error).message}`);
    }
  }

  /** @returns the body as it comes; who takes it destroys it. @throws IpamError, see api-error.ts */
  async stream(call: Call): Promise<IncomingMessage> {
    return (await this.#attempts(call, (sent) => this.#transport.open(sent))) as IncomingMessage;
  }

  close(): void {
    this.#closing.abort();
  }

  async #attempts(call: Call, attempt: (sent: Sent) => Promise<Result>): Promise<Result> {
    const { onRequest } = this.#options;
    const { withinMs: requestDeadlineMs = this.#options.requestDeadlineMs } = call;
    const { withinMs: attemptTimeoutMs = this.#options.attemptTimeoutMs } = call;
    const signals = call.signal === undefined ? [this.closing] : [this.closing, call.signal];
    const { resource } = targetOf(call.path);
    const sent = {
      method: call.method,
      path: call.path + queryText(call.query),
      signals,
      ...(call.body === undefined ? {} : { body: formatJson(call.body) }),
      ...(call.contentType === undefined ? {} : { contentType: call.contentType }),
    };
    const deadline = performance.now() + requestDeadlineMs;
    let renewed = false;
    for (let count = 0; ; count += 1) {
      const start = performance.now();
      const timeoutMs = Math.max(1, Math.min(attemptTimeoutMs, deadline - start));
      const result = await attempt({ ...sent, timeoutMs }).catch((error: unknown) => error);
      const code = codeOf(result);
      onRequest(call.verb, resource, code === undefined ? '<error>' : String(code), (performance.now() - start) / 1000);
      if (code !== undefined && code < 300) return result as Result;
      if (isIpamError(result)) throw result;
      const { failure, error } = this.#failed(call, result);
      if (signals.some((signal) => signal.aborted)) throw error;
      if (!renewed && isRefusedCredential(result)) {
        renewed = true;
        this.#access.renew();
        continue;
      }
      const wait = pauseBefore({
        attempt: count,
        retryAfterSeconds: retryAfter(result),
        leftMs: deadline - performance.now(),
        chance: Math.random(),
      });
      if (wait === undefined || isRefusedCredential(result) || !mayRepeat(failure, reads.has(call.verb))) throw error;
      await pause(wait, undefined, { signal: AbortSignal.any(signals) }).catch(() => {
        throw error;
      });
    }
  }

  #failed(call: Call, result: unknown): { readonly failure: Failure; readonly error: IpamError } {
    if (result instanceof BrokenRequest) {
      const unknown = result.sent && !reads.has(call.verb) ? '; whether it was done is unknown' : '';
      const error = this.#unavailable(call, `${result.message}${unknown}`, result);
      return { failure: { kind: 'broken', sent: result.sent }, error };
    }
    if (!isAnswer(result)) throw result;
    const status = parseStatus(result.text);
    return {
      failure: { kind: 'answered', code: result.code, status },
      error: apiError(call.verb, targetOf(call.path), result.code, status),
    };
  }

  #unavailable({ verb, path }: Call, what: string, cause?: unknown): IpamError {
    const target = targetOf(path);
    const server = this.#transport.origin;
    return new IpamError('store-unavailable', `${verb} ${describeTarget(target)}: ${what} (API server ${server})`, {
      facts: { verb, ...target, server },
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

function isAnswer(result: unknown): result is Answer {
  return typeof result === 'object' && result !== null && 'text' in result && 'code' in result;
}

function codeOf(result: unknown): number | undefined {
  if (result instanceof http.IncomingMessage) return result.statusCode;
  return isAnswer(result) ? result.code : undefined;
}

/** Would newer files help? */
function isRefusedCredential(result: unknown): boolean {
  return result instanceof BrokenRequest ? certificateCodes.test(result.code) : codeOf(result) === 401;
}

function retryAfter(result: unknown): number | undefined {
  if (!isAnswer(result)) return undefined;
  const seconds = Number(result.headers['retry-after'] ?? parseStatus(result.text)?.details?.retryAfterSeconds);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function queryText(query: Query = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
