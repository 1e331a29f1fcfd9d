import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { identityOf, type Role } from './identity.ts';

export interface ChannelTls {
  /** PEM: whom to believe. */
  readonly ca: string;
  /** PEM; who we are. */
  readonly cert: string;
  readonly key: string;
}

export interface ServerExpectation {
  /** What the server's certificate must say its holder is: a node's must not pass for a member's. */
  readonly roles: readonly Role[];
  /** The DNS name or address that it must be for; by default what is called. `memberName` stands for any member. */
  readonly name?: string;
  /** The common name that it must have, in place of a DNS name or address: a node's, wherever it is called. */
  readonly subject?: string;
}

export interface ChannelSecurity {
  readonly credentials: ChannelCredentials;
  /** For the channel or client, beside the credentials. */
  readonly options: ChannelOptions;
}

/** What a server is asked for when it is called by its address: TLS has room for DNS names only (RFC 6066, 3). */
const unnamed = 'ipam-daemon';

/**
 * How a gRPC client speaks TLS 1.2 or newer and shows its certificate. Made anew for a new certificate: a channel keeps the
 * one it was made with.
 * @param target `host:port`, `[v6]:port`
 */
export function channelSecurity(
  { ca, cert, key }: ChannelTls,
  target: string,
  { roles, name = hostOf(target), subject }: ServerExpectation,
): ChannelSecurity {
  const check = (_asked: string, shown: PeerCertificate): Error | undefined => {
    const identity = identityOf(new X509Certificate(shown.raw));
    const wrongName = subject === undefined ? checkServerIdentity(name, shown) : notOf(subject, identity?.name);
    if (wrongName !== undefined) return wrongName;
    const role = identity?.role;
    if (role !== undefined && roles.includes(role)) return undefined;
    return new Error(`the server's certificate is of role ${role ?? 'none'}, not of ${roles.join(' or ')}`);
  };
  const context = createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2' });
  return {
    credentials: credentials.createFromSecureContext(context, { checkServerIdentity: check }),
    options: { 'grpc.ssl_target_name_override': isIP(name) === 0 ? name : unnamed },
  };
}

function notOf(subject: string, shown: string | undefined): Error | undefined {
  return shown === subject
    ? undefined
    : new Error(`the server's certificate is of "${shown ?? ''}", not of "${subject}"`);
}

/** The host of `host:port` or `[v6]:port`. */
export function hostOf(target: string): string {
  return target.slice(0, target.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
}
