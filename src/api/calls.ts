import type { handleServerStreamingCall, handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { type Family, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { type Prefix, parsePrefix } from '../ip/prefix.ts';
import { isIdentityName } from '../ipam/bind/stay.ts';
import type { Ipam } from '../ipam/port.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Caller } from './caller.ts';
import { type Connection, connectionOf } from './connections.ts';
import { serviceError } from './status.ts';

/** Has a failure that does not end its call (one of a batch) counted and audited when it is a refusal. */
export type NoteRefusal = (error: unknown) => void;

export type Answer<Request, Response> = (request: Request, caller: Caller, note: NoteRefusal) => Promise<Response>;

/**
 * A gRPC method from a function of its request and its caller: every failure becomes a status. The table of permissions
 * has let the caller in already; what it may do to whom is the function's matter (`requireOwnNode`).
 */
export function unary<Request, Response>(answer: Answer<Request, Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    answerTo(call, answer).then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

async function answerTo<Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  answer: Answer<Request, Response>,
): Promise<Response> {
  const connection = connectionOf(call);
  const { caller, forCaller } = connection;
  const note = noteOf(connection, call);
  try {
    const response = await forCaller(() => answer(call.request, caller, note));
    connection.onDone(call.getPath(), call.request, response);
    return response;
  } catch (error) {
    note(error);
    throw error;
  }
}

/**
 * As `unary`, of what is known only when the daemon has started: a call that comes before waits, and is not answered as
 * if nothing were there.
 */
export function unaryOnceOpened(ipam: Pick<Ipam, 'opened'>) {
  return <Request, Response>(answer: Answer<Request, Response>): handleUnaryCall<Request, Response> =>
    unary(async (request, caller, note) => {
      await ipam.opened();
      return answer(request, caller, note);
    });
}

/** A streaming method from a source of messages that ends when its signal aborts. Waits for a slow reader. */
export function streaming<Request, Response>(
  source: (request: Request, signal: AbortSignal, caller: Caller) => AsyncIterable<Response>,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const abort = new AbortController();
    call.on('cancelled', () => abort.abort());
    const send = async (): Promise<void> => {
      const connection = connectionOf(call);
      try {
        for await (const message of source(call.request, abort.signal, connection.caller)) {
          if (!call.write(message)) await Promise.race([once(call, 'drain'), once(call, 'cancelled')]);
        }
        connection.onDone(call.getPath(), call.request, undefined);
      } catch (error) {
        noteOf(connection, call)(error);
        throw error;
      }
    };
    send().then(
      () => call.end(),
      (error: unknown) => call.emit('error', serviceError(error)),
    );
  };
}

function noteOf({ onRefused }: Connection, call: { getPath(): string }): NoteRefusal {
  return (error) => {
    if (isIpamError(error, 'permission-denied')) onRefused(call.getPath(), error);
  };
}

function once(emitter: { once(event: string, listener: () => void): unknown }, event: string): Promise<void> {
  return new Promise((resolve) => emitter.once(event, resolve));
}

/** @throws IpamError invalid-argument naming the field */
export function required(value: string, field: string): string {
  if (value !== '') return value;
  throw new IpamError('invalid-argument', `${field} is empty`, { facts: { field } });
}

/**
 * A name that becomes part of keys: no slash, no white space, no control character.
 * @throws IpamError invalid-argument naming the field
 */
export function nameField(text: string, field: string): string {
  if (isIdentityName(text)) return text;
  const why = `${field} ${JSON.stringify(text.slice(0, 80))} is not a name: no "/", white space or control character, at most 253`;
  throw new IpamError('invalid-argument', why, { facts: { field } });
}

/** @throws IpamError invalid-argument naming the field */
export function addressField(text: string, field: string) {
  try {
    return parseAddress(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new IpamError('invalid-argument', `${field}: ${error.message}`, { facts: { field } });
  }
}

/** @throws IpamError invalid-argument naming the field */
export function prefixField(text: string, field: string): Prefix {
  try {
    return parsePrefix(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new IpamError('invalid-argument', `${field}: ${error.message}`, { facts: { field } });
  }
}

/** @throws IpamError invalid-argument */
export function familyField(value: number): Family {
  if (value === 4 || value === 6) return value;
  throw new IpamError('invalid-argument', `families: ${value} is neither 4 nor 6`, { facts: { field: 'families' } });
}
