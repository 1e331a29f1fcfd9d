import type { Log } from '../telemetry/log.ts';
import type { Caller } from './caller.ts';
import { problemOf } from './status.ts';
import { TokenBuckets } from './token-bucket.ts';

export interface RefusalsParts {
  /** Where they leave a line; undefined when auditing is off. */
  readonly audit: Log | undefined;
  /** Counts them all. */
  readonly onRefused: (reason: string) => void;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}

/** Lines of one client: whoever is refused all the time must not fill the disk. What is left out is counted. */
const lines = { perSecond: 1, burst: 20 } as const;
/** Of all clients together: addresses are cheap. */
const allLines = { perSecond: 20, burst: 200 } as const;
const everyone = '';

/** The record of calls and connections that were refused: who, what, why. */
export class Refusals {
  readonly #parts: RefusalsParts;
  readonly #own: TokenBuckets;
  readonly #all: TokenBuckets;
  #leftOut = 0;

  constructor(parts: RefusalsParts) {
    this.#parts = parts;
    this.#own = new TokenBuckets(lines, parts.clock);
    this.#all = new TokenBuckets(allLines, parts.clock);
  }

  call({ name, role, via, address }: Caller, method: string, error: unknown): void {
    const { code, message } = problemOf(error);
    this.#parts.onRefused(code);
    this.#write(address, { audit: 'refuse-call', caller: { name, role, via, address }, method, code }, message);
  }

  /** What HTTP or gRPC itself refuses. @param reason for the metric: one of few @param method absent: the connection ended */
  protocol({ name, role, via, address }: Caller, reason: string, message: string, method?: string): void {
    this.#parts.onRefused(reason);
    const audit = method === undefined ? 'refuse-connection' : 'refuse-call';
    const what = method === undefined ? {} : { method };
    this.#write(address, { audit, caller: { name, role, via, address }, ...what, code: reason }, message.slice(0, 300));
  }

  /** @param reason for the metric: one of few @param name as far as it is known */
  connection(address: string, reason: string, message: string, name?: string): void {
    this.#parts.onRefused(reason);
    const caller = name === undefined ? { address } : { name, address };
    this.#write(address, { audit: 'refuse-connection', caller, code: reason }, message);
  }

  #write(address: string, fields: object, message: string): void {
    const { audit } = this.#parts;
    if (audit === undefined) return;
    if (this.#own.take(address) > 0 || this.#all.take(everyone) > 0) {
      this.#leftOut += 1;
      return;
    }
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    audit.warn(leftOut === 0 ? fields : { ...fields, leftOut }, message);
  }
}
