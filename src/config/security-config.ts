import { join } from 'node:path';
import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { filesIn, type TlsPaths } from '../tls/tls-files.ts';
import { path } from './config-values.ts';
import { settings, type Values } from './setting.ts';

const usualFile = (name: string) => `\`${name}\` in \`<dataDir>/pki\`, when it is there`;

/** Whom to believe. */
export const tlsSettings = settings({
  tlsCaFile: {
    key: 'tls.caFile',
    schema: path,
    usual: usualFile('ca.crt'),
    help: 'authority of the certificates that callers show',
    more: 'With it, a certificate and a key, gRPC over TCP speaks TLS, with certificates on both sides.',
  },
  tlsCertFile: { key: 'tls.certFile', schema: path, usual: usualFile('tls.crt'), help: 'certificate to show' },
  tlsKeyFile: { key: 'tls.keyFile', schema: path, usual: usualFile('tls.key'), help: 'its key' },
  revokedFile: {
    key: 'tls.revokedFile',
    schema: path,
    help: 'serial numbers of certificates that are trusted no more',
    more: 'In hexadecimal, one a line, as `certs show -o wide` and openssl print them; `#` begins a comment.',
  },
  tlsIssuer: {
    key: 'tls.issuer',
    flag: 'tls-issuer',
    argument: '<who>',
    schema: z.enum(['kubernetes']),
    usual: 'nobody: the files are made by hand',
    help: 'who gives this node its certificate: kubernetes asks the ipam-controller of the cluster',
    more: 'It is kept in `<dataDir>/pki-issued`, and used where no other is named or in `<dataDir>/pki`.',
  },
  insecure: {
    key: 'tls.insecure',
    flag: 'insecure',
    schema: z.boolean(),
    default: false,
    usual: 'they may read',
    help: 'without certificates: trust everybody on the network as an admin',
    more: 'Refused where certificates are.',
  },
});

/** How much of it. */
export const limitSettings = settings({
  callsPerSecond: {
    key: 'limits.callsPerSecond',
    live: true,
    schema: z.number().min(0).max(1_000_000),
    default: 5_000,
    help: 'calls of a client over TCP; 0: no limit',
    more: 'Beyond it, RESOURCE_EXHAUSTED with `grpc-retry-pushback-ms`.',
  },
  burst: {
    key: 'limits.burst',
    live: true,
    schema: z.int().min(1).max(1_000_000),
    usual: 'twice that',
    help: 'calls at once that callsPerSecond lets by',
  },
  connections: {
    key: 'limits.connections',
    live: true,
    schema: z.int().min(1).max(1_000_000),
    default: 100,
    help: 'connections of one source at once',
    more: 'A source is an IPv4 address, or an IPv6 /64.',
  },
  strangersPerSecond: {
    key: 'limits.strangersPerSecond',
    live: true,
    schema: z.number().min(0).max(1_000_000),
    default: 20,
    help: 'connections and calls of one source that shows no certificate; 0: no limit',
    more: 'Six times that at once (at least 12); a connection too many ends at once, a call gets RESOURCE_EXHAUSTED.',
  },
  streams: {
    key: 'limits.streams',
    schema: z.int().min(1).max(100_000),
    default: 256,
    help: 'calls at once on one connection',
  },
  messageBytes: {
    key: 'limits.messageBytes',
    schema: z
      .int()
      .min(64 * 1024)
      .max(256 * 1024 * 1024),
    default: 4 * 1024 * 1024,
    help: 'largest message',
  },
  // Far beyond what a node needs, and far below what fills a store.
  nodeClaims: {
    key: 'limits.node.claims',
    live: true,
    schema: z.int().min(1).max(10_000_000),
    default: 20_000,
    help: "claims that one agent may have in the members' store",
  },
  nodeBlocks: {
    key: 'limits.node.blocks',
    live: true,
    schema: z.int().min(1).max(10_000_000),
    default: 4_096,
    help: 'blocks, likewise',
  },
  nodePools: {
    key: 'limits.node.pools',
    live: true,
    schema: z.int().min(1).max(1_000_000),
    default: 512,
    help: 'pools of ranges, likewise',
  },
  nodeQuarantines: {
    key: 'limits.node.quarantines',
    live: true,
    schema: z.int().min(0).max(1_000_000),
    default: 1_000,
    help: 'addresses in quarantine, of whomever, with which an agent puts no more there',
  },
});

/** Who may use the Unix socket, beside its owner and root. */
export const socketSettings = settings({
  socketGroup: {
    key: 'grpc.socketGroup',
    schema: z.union([z.string().min(1), z.int().min(0)], 'not the name or number of a group'),
    help: 'whose members may use the socket too (mode 0660); name or number',
  },
  socketGroupRole: {
    key: 'grpc.socketGroupRole',
    schema: z.enum(['viewer', 'operator']),
    usual: 'operator',
    help: 'as what they may use it: operator or viewer',
  },
});

export interface TlsConfig {
  /** Everybody on the network is trusted as an admin. */
  readonly insecure: boolean;
  readonly paths: TlsPaths;
  /** Were files named? Then they must be there; those of the data directory are used when they are. */
  readonly isNamed: boolean;
  /** Where a certificate that the cluster gives is kept, for when there are no others; undefined: it is not asked for one. */
  readonly issued?: TlsPaths;
}

export interface LimitsConfig {
  /** Calls of one client over TCP; zero: no limit. */
  readonly callsPerSecond: number;
  readonly burst: number;
  /** TCP connections of one source (an IPv4 address, an IPv6 /64) at once. */
  readonly connections: number;
  /** Connections and calls of one source that nobody knows; zero: no limit. */
  readonly strangersPerSecond: number;
  /** Calls at once on one connection. */
  readonly streams: number;
  readonly messageBytes: number;
  /** Objects of one agent's in the members' store. */
  readonly node: {
    readonly claims: number;
    readonly blocks: number;
    readonly pools: number;
    readonly quarantines: number;
  };
}

export interface SocketGroupConfig {
  readonly group: string;
  readonly role: 'viewer' | 'operator';
}

/** @throws IpamError invalid-config when files are named and TLS is turned off too, or nobody could give a certificate */
export function tlsConfig(
  values: Values<typeof tlsSettings>,
  { dataDir, engine }: { readonly dataDir: string; readonly engine: string | undefined },
): TlsConfig {
  const { insecure, revokedFile, tlsCaFile: caFile, tlsCertFile: certFile, tlsKeyFile: keyFile, tlsIssuer } = values;
  const named = { caFile, certFile, keyFile };
  const isNamed = Object.values(named).some((file) => file !== undefined);
  if (insecure && isNamed) {
    throw new IpamError('invalid-config', 'tls.insecure: true (--insecure), and certificates are named in tls', {
      advice: 'leave one out: with certificates nobody needs to be trusted unseen',
      facts: { key: 'tls.insecure' },
    });
  }
  if (tlsIssuer !== undefined && (insecure || engine !== 'kubernetes')) {
    const what = insecure ? 'tls.insecure: true (--insecure)' : `store.engine: ${engine ?? 'embedded'}`;
    throw new IpamError('invalid-config', `tls.issuer: ${tlsIssuer}, and ${what}`, {
      advice: 'leave one out: the controller of a Kubernetes cluster gives certificates to its daemons',
      facts: { key: 'tls.issuer' },
    });
  }
  const usual = filesIn(join(dataDir, 'pki'));
  const revoked = revokedFile === undefined ? {} : { revokedFile };
  const paths = {
    caFile: named.caFile ?? usual.caFile,
    certFile: named.certFile ?? usual.certFile,
    keyFile: named.keyFile ?? usual.keyFile,
    ...revoked,
  };
  const isIssued = tlsIssuer !== undefined && !isNamed;
  return {
    ...{ insecure, paths, isNamed },
    ...(isIssued ? { issued: { ...filesIn(join(dataDir, 'pki-issued')), ...revoked } } : {}),
  };
}

export function limitsConfig(values: Values<typeof limitSettings>): LimitsConfig {
  const { callsPerSecond, burst, connections, strangersPerSecond, streams, messageBytes } = values;
  return {
    callsPerSecond,
    burst: burst ?? Math.max(1, Math.ceil(2 * callsPerSecond)),
    connections,
    strangersPerSecond,
    streams,
    messageBytes,
    node: {
      claims: values.nodeClaims,
      blocks: values.nodeBlocks,
      pools: values.nodePools,
      quarantines: values.nodeQuarantines,
    },
  };
}

/** @throws IpamError invalid-config: a role without a group */
export function socketGroupConfig(values: Values<typeof socketSettings>): SocketGroupConfig | undefined {
  const { socketGroup, socketGroupRole } = values;
  if (socketGroup !== undefined) return { group: String(socketGroup), role: socketGroupRole ?? 'operator' };
  if (socketGroupRole === undefined) return undefined;
  throw new IpamError('invalid-config', 'grpc.socketGroupRole is set, and grpc.socketGroup is not', {
    advice: 'name the group too',
    facts: { key: 'grpc.socketGroupRole' },
  });
}
