import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerInterceptor } from '@grpc/grpc-js';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from './caller.ts';
import { type Connection, connectionOf } from './connections.ts';
import { mayCall, permissions } from './permissions.ts';
import { problemOf, serviceStatus } from './status.ts';

export interface GuardParts {
  /** Where refused calls leave a line; undefined when auditing is off. */
  readonly audit: Log | undefined;
  readonly onRefused: (reason: string) => void;
}

/** Decides about each call before its message is read, and keeps the record of those refused. */
export class Guard {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** What the listeners hand over with a connection. */
  connectionOf(caller: Caller): Connection {
    return { caller, onRefused: (method, error) => this.#refused(caller, method, error) };
  }

  /** Refuses what the table does not allow. */
  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    try {
      const connection = connectionOf(call);
      try {
        this.#admit(connection.caller, path);
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

  /** @throws IpamError permission-denied */
  #admit(caller: Caller, method: string): void {
    if (mayCall(caller.role, method)) return;
    throw new IpamError('permission-denied', `${shownCaller(caller)} may not call ${method.slice(1)}`, {
      advice: adviceFor(caller, method),
      facts: { name: caller.name, role: caller.role, method },
    });
  }

  #refused({ name, role, via, address }: Caller, method: string, error: unknown): void {
    const { code, message } = problemOf(error);
    this.#parts.onRefused(code);
    this.#parts.audit?.warn({ audit: 'refuse-call', caller: { name, role, via, address }, method, code }, message);
  }
}

function shownCaller({ role, name, via }: Caller): string {
  if (role !== 'anonymous') return `${role} "${name}"`;
  return via === 'unix' ? `${name}, who is no member of grpc.socketGroup,` : `whoever shows no certificate (${name})`;
}

function adviceFor({ role, via }: Caller, method: string): string {
  const allowed = (permissions[method] ?? []).join(', ');
  if (role !== 'anonymous') return `it is for: ${allowed || 'nobody'}`;
  return via === 'plain'
    ? 'use the Unix socket as root, or have certificates made (ipam-cli certs init, then issue), or trust everybody on the network with --insecure'
    : `it is for: ${allowed || 'nobody'}`;
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
