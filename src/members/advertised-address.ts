import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { IpamError } from '../resources/errors.ts';
import { formatHostPort, type HostPort, isWildcard, parseHostPort } from './addresses.ts';

const connectMs = 3_000;
/** TEST-NET-3 and the documentation prefix: nothing is sent there, the kernel only tells which address it would use. */
const somewhere = { udp4: '203.0.113.1', udp6: '2001:db8::1' } as const;

export interface OwnAddress extends HostPort {
  /** Nobody said it and nobody used it: found out from what the machine has. */
  readonly guessed: boolean;
}

export interface OwnAddressFacts {
  readonly bindAddr: string;
  readonly advertiseAddr: string | undefined;
  /** The address of ours that a connection to another member had. */
  readonly seenFrom?: string | undefined;
  readonly node: string;
}

/**
 * Where others reach this member: what was said, else what is bound, else the address of the connection to another
 * member, else what the node's name means here, else the source address of the default route, else the only address.
 * @throws IpamError invalid-config when the machine has no address but loopback
 */
export async function ownAddress(facts: OwnAddressFacts): Promise<OwnAddress> {
  const bound = parseHostPort(facts.bindAddr);
  if (facts.advertiseAddr !== undefined) return { ...advertised(facts.advertiseAddr, bound.port), guessed: false };
  if (!isWildcard(bound.host)) return { ...bound, guessed: false };
  if (facts.seenFrom !== undefined) return { host: facts.seenFrom, port: bound.port, guessed: false };
  const own = machineAddresses();
  const host = (await ofName(facts.node, own)) ?? (await ofDefaultRoute(own)) ?? own[0];
  if (host !== undefined) return { host, port: bound.port, guessed: true };
  throw new IpamError(
    'invalid-config',
    `raft.bindAddr ${facts.bindAddr}: this machine has no address that others reach`,
    {
      advice: 'set raft.advertiseAddr (--advertise-addr), or bind an address',
    },
  );
}

function advertised(text: string, port: number): HostPort {
  if (isIP(text) === 6) return { host: text, port };
  return /:\d+$/.test(text) ? parseHostPort(text) : { host: text.replace(/^\[(.*)\]$/, '$1'), port };
}

/** Addresses that other machines may reach, IPv4 first. */
export function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
    .sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'))
    .map(({ address }) => address);
}

async function ofName(name: string, own: readonly string[]): Promise<string | undefined> {
  try {
    const found = await lookup(name, { all: true });
    return found.map(({ address }) => address).find((address) => own.includes(address));
  } catch {
    // A node's name need not be in any directory.
    return undefined;
  }
}

async function ofDefaultRoute(own: readonly string[]): Promise<string | undefined> {
  for (const type of ['udp4', 'udp6'] as const) {
    const address = await new Promise<string | undefined>((resolve) => {
      const socket = createSocket(type);
      const end = (found: string | undefined): void => {
        socket.close();
        resolve(found);
      };
      // No route of this family.
      socket.once('error', () => end(undefined));
      socket.connect(9, somewhere[type], () => end(socket.address().address));
    });
    if (address !== undefined && own.includes(address)) return address;
  }
  return undefined;
}

/** Both ends of a connection to a member; undefined when there is none to be had. */
export function connectionEnds(member: string): Promise<{ readonly own: string; readonly theirs: string } | undefined> {
  const { host, port } = parseHostPort(member);
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMs });
    const end = (found: { own: string; theirs: string } | undefined): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('error', () => end(undefined));
    socket.once('timeout', () => end(undefined));
    socket.once('connect', () => {
      const { localAddress: own, remoteAddress, remotePort: theirPort } = socket;
      if (own === undefined || remoteAddress === undefined || theirPort === undefined) return end(undefined);
      end({ own, theirs: formatHostPort({ host: remoteAddress, port: theirPort }) });
    });
  });
}

/** What etcd binds must be an address. @throws IpamError invalid-config */
export async function listenHost(host: string): Promise<string> {
  if (host === '') return '0.0.0.0';
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new IpamError('invalid-config', `raft.bindAddr: "${host}" has no address: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
