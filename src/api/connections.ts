import type { Duplex } from 'node:stream';
import { IpamError } from '../resources/errors.ts';
import type { Caller } from './caller.ts';
import type { ForCaller } from './current-caller.ts';

/** A connection whose caller is known, and who is told when one of its calls is refused. */
export interface Connection {
  readonly caller: Caller;
  /** What is done in here is the caller's doing (`currentCaller`). */
  readonly forCaller: ForCaller;
  readonly onRefused: (method: string, error: unknown) => void;
  /** Told of calls that were carried out. */
  readonly onDone: (method: string, request: unknown, response: unknown) => void;
  /** Ends the connection with all its calls. */
  readonly end: () => void;
}

/** A gRPC call, as far as it tells its connection. */
interface Call {
  getPeer(): string;
}

/**
 * gRPC connections that are open, by the name that their calls give as peer. grpc-js shows a handler nothing else of
 * its connection; addresses would not do, as connections on Unix sockets have none. Names are unique in the process.
 */
const connections = new Map<string, Connection>();
let count = 0;

/** The peer name of a connection's calls, until `end` is called. */
export function enrol(connection: Connection): { readonly peer: string; readonly end: () => void } {
  count += 1;
  const peer = `connection ${count}`;
  connections.set(peer, connection);
  return { peer, end: () => void connections.delete(peer) };
}

/** Has the calls of a stream that gRPC gets know their caller. */
export function enrolStream(stream: Duplex, connection: Connection): void {
  const { peer, end } = enrol(connection);
  // The getters are the prototype's; grpc-js makes the peer's name of these two.
  Object.defineProperty(stream, 'remoteAddress', { value: peer });
  Object.defineProperty(stream, 'remotePort', { value: undefined });
  stream.once('close', end);
}

/** @returns undefined when the connection has ended */
export function connectionNamed(peer: string): Connection | undefined {
  return connections.get(peer);
}

/** @throws IpamError not-ready when the connection has ended */
export function connectionOf(call: Call): Connection {
  const found = connections.get(call.getPeer());
  if (found === undefined) throw new IpamError('not-ready', 'the connection of this call has ended');
  return found;
}
