import {
  type Server,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { auditedCall } from './audited-calls.ts';
import { CallLimits, costOf } from './call-limits.ts';
import type { Caller } from './caller.ts';
import { type Connection, connectionOf } from './connections.ts';
import { forCaller } from './current-caller.ts';
import { watchRefusals } from './http2-refusals.ts';
import { mayCall, permissions } from './permissions.ts';
import type { Refusals } from './refusals.ts';
import { sourceOf } from './source.ts';
import { serviceStatus } from './status.ts';
import { type Rate, TokenBuckets } from './token-bucket.ts';

/** Calls of a stranger's connection that are refused for their number, one after the other, before it ends. */
const mostRefused = 2;
/** What an HTTP/2 session costs, measured in requests: half a millisecond. */
const sessionCost = 5;
/** Calls of strangers that walk over everything held, or answer with much of it: of one source, and of all. */
const heavyCalls = { perSecond: 2, burst: 10 } as const;
const allHeavyCalls = { perSecond: 10, burst: 20 } as const;
/** For the whole request of a call over TCP. */
const requestMs = 10_000;
/** For a whole call that is no stream, its answer read: a stranger who drips holds one no longer. */
const callMs = 120_000;
/** For the status to get to the client before its connection ends. */
const lastWordMs = 1_000;

export interface GuardParts {
  /** Where calls that change something leave a line; undefined when auditing is off. */
  readonly audit: Log | undefined;
  readonly refusals: Refusals;
  /** Calls of one client; undefined: as many as it likes. */
  readonly callRate: Rate | undefined;
  /** What strangers may cost, each source for itself; shared with their connections. Undefined: as much as they like. */
  readonly strangers: TokenBuckets | undefined;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}

/** Decides about each call before its message is read. */
export class Guard {
  readonly #audit: Log | undefined;
  readonly #refusals: Refusals;
  readonly #calls: TokenBuckets;
  readonly #strangers: TokenBuckets | undefined;
  readonly #limits = new CallLimits();
  readonly #heavy: TokenBuckets;
  readonly #allHeavy: TokenBuckets;
  /** Calls refused for their number, of connections of strangers. */
  readonly #refused = new WeakMap<Connection, number>();

  constructor({ audit, refusals, callRate, strangers, clock }: GuardParts) {
    this.#audit = audit;
    this.#refusals = refusals;
    this.#calls = new TokenBuckets(callRate, clock);
    this.#strangers = strangers;
    this.#heavy = new TokenBuckets(heavyCalls, clock);
    this.#allHeavy = new TokenBuckets(allHeavyCalls, clock);
  }

  /** @param rate of one client from now on; undefined: as many as it likes */
  setCallRate(rate: Rate | undefined): void {
    this.#calls.setRate(rate);
  }

  /** What the listeners hand over with a connection. */
  connectionOf(caller: Caller, end: () => void): Connection {
    const { name, role, via, address } = caller;
    return {
      caller,
      forCaller: forCaller(caller),
      end,
      onRefused: (method, error) => this.#refusals.call(caller, method, error),
      onDone: (method, request, response) => {
        const done = this.#audit && auditedCall(method, request, response);
        if (done !== undefined) this.#audit?.info({ ...done, caller: { name, role, via, address } }, 'done');
      },
    };
  }

  /** May a connection become an HTTP/2 session? A stranger's comes out of what his source may cost. */
  admitsSession({ role, via, address }: Caller): boolean {
    if (role !== 'anonymous' || via === 'unix') return true;
    return (this.#strangers?.take(sourceOf(address), sessionCost) ?? 0) === 0;
  }

  /** Has what the protocol itself refuses written down. */
  watch(server: Server): void {
    watchRefusals(server, {
      onCall: ({ caller }, method, reason, message) => this.#refusals.protocol(caller, reason, message, method),
      onConnection: ({ caller }, reason, message) => this.#refusals.protocol(caller, reason, message),
    });
  }

  /** Refuses what the table does not allow. */
  readonly interceptor: ServerInterceptor = ({ path, requestStream }, call) => {
    try {
      const connection = connectionOf(call);
      try {
        this.#count(connection, path);
        this.#admit(connection.caller, path);
        if (connection.caller.via !== 'unix') {
          enforceDeadline(call, requestStream, connection, path, this.#enter(connection, path));
          // Whoever waited as he was told begins anew.
          this.#refused.delete(connection);
        }
        // Typed as the class, used by its interface: without a wrapper a call that is let in costs nothing more.
        return call as ServerInterceptingCall;
      } catch (error) {
        connection.onRefused(path, error);
        throw error;
      }
    } catch (error) {
      return refusing(call, error);
    }
  };

  /**
   * The same for a request over HTTP that does what these methods do: whoever may call them all may ask, and it counts as a call of
   * the first, which is the one that costs most.
   * @returns to be called when the answer has been read, or came to nothing
   * @throws IpamError permission-denied, rate-limited
   */
  enter(connection: Connection, methods: readonly [string, ...string[]]): () => void {
    const [first] = methods;
    try {
      this.#count(connection, first);
      for (const method of methods) this.#admit(connection.caller, method);
      return this.#enter(connection, first);
    } catch (error) {
      connection.onRefused(first, error);
      throw error;
    }
  }

  /** @throws IpamError permission-denied */
  #admit(caller: Caller, method: string): void {
    if (mayCall(caller.role, method)) return;
    throw new IpamError('permission-denied', `${shownCaller(caller)} may not call ${method.slice(1)}`, {
      advice: adviceFor(caller, method),
      facts: { name: caller.name, role: caller.role, method },
    });
  }

  /** @throws IpamError rate-limited */
  #count(connection: Connection, method: string): void {
    const { caller } = connection;
    // On the Unix socket are the node's own runtime and its operators.
    if (caller.via === 'unix') return;
    const isStranger = caller.role === 'anonymous';
    const waitMs = isStranger ? this.#strangerWaits(caller) : this.#calls.take(clientOf(caller));
    const remedy = `raise limits.${isStranger ? 'strangersPerSecond' : 'callsPerSecond'}`;
    if (waitMs > 0) throw this.#tooOften(connection, waitMs, remedy);
    const heavyMs = isStranger && costOf(method) === 'heavy' ? this.#heavyWaits(caller) : 0;
    if (heavyMs > 0) throw this.#tooOften(connection, heavyMs, 'call on the Unix socket or with a certificate');
  }

  #tooOften(connection: Connection, waitMs: number, remedy: string): IpamError {
    const { caller } = connection;
    if (caller.role === 'anonymous') this.#tire(connection);
    return new IpamError('rate-limited', `${shownCaller(caller)} calls too often`, {
      advice: `try again in ${waitMs} ms, or ${remedy}`,
      facts: { retryAfterMs: waitMs },
    });
  }

  /** @throws IpamError rate-limited */
  #enter(connection: Connection, method: string): () => void {
    try {
      return this.#limits.enter(connection.caller, method);
    } catch (error) {
      if (connection.caller.role === 'anonymous') this.#tire(connection);
      throw error;
    }
  }

  /** @returns milliseconds; 0: now */
  #strangerWaits({ address }: Caller): number {
    return this.#strangers?.take(sourceOf(address)) ?? 0;
  }

  /** @returns milliseconds; 0: now */
  #heavyWaits({ address }: Caller): number {
    if (this.#strangers === undefined || this.#strangers.isUnlimited) return 0;
    return this.#heavy.take(sourceOf(address)) || this.#allHeavy.take('');
  }

  /** A refusal costs as much as an answer: a stranger who is told to wait and does not gets no more of them. */
  #tire(connection: Connection): void {
    const refused = (this.#refused.get(connection) ?? 0) + 1;
    this.#refused.set(connection, refused);
    if (refused > mostRefused) connection.end();
  }
}

/** By the name in the certificate, else by address. */
function clientOf({ via, role, name, address }: Caller): string {
  return via === 'tls' ? `${role} ${name}` : address;
}

function shownCaller({ role, name, via }: Caller): string {
  if (role !== 'anonymous') return `${role} "${name}"`;
  return via === 'unix' ? `${name}, who is no member of grpc.socketGroup,` : `whoever shows no certificate (${name})`;
}

function adviceFor({ role, via }: Caller, method: string): string {
  const allowed = (permissions[method] ?? []).filter((one) => one !== 'anonymous').join(', ');
  if (role !== 'anonymous') return `it is for: ${allowed || 'nobody'}`;
  return via === 'plain'
    ? 'use the Unix socket as root, or have certificates made (ipam-cli certs init, then issue), or trust everybody on the network with --insecure'
    : `it is for: ${allowed || 'nobody'}`;
}

/**
 * Ends a call whose request takes too long to come: it holds memory all the while. And its connection with it: a status
 * alone leaves the stream open for the rest of the request.
 * @param done told when the call is over: its answer was read, or it came to nothing
 */
function enforceDeadline(
  call: ServerInterceptingCallInterface,
  isStream: boolean,
  { caller, onRefused, end }: Connection,
  method: string,
  done: () => void,
): void {
  const isBounded = caller.role === 'anonymous' && costOf(method) !== 'stream';
  const longest = isBounded ? setTimeout(end, callMs) : undefined;
  const start = call.start.bind(call);
  // In place of a wrapper around every later step of the call.
  call.start = (listener) => {
    const late = setTimeout(() => {
      const error = new IpamError('too-slow', `the request did not come within ${requestMs / 1_000} s`);
      onRefused(method, error);
      call.sendStatus(serviceStatus(error));
      setTimeout(end, lastWordMs);
    }, requestMs);
    start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => {
        if (isStream) clearTimeout(late);
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        clearTimeout(late);
        listener.onReceiveHalfClose();
      },
      // Also when all went well (grpc-js tells it of every end).
      onCancel: () => {
        clearTimeout(late);
        clearTimeout(longest);
        done();
        listener.onCancel();
      },
    });
  };
}

function refusing(call: ServerInterceptingCallInterface, error: unknown): ServerInterceptingCall {
  return new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        // The status ends the call: its message is not waited for.
        onReceiveMetadata: () => call.sendStatus(serviceStatus(error)),
      }),
  });
}
