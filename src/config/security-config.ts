import { join } from 'node:path';
import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { strictObject } from '../resources/schema.ts';
import { filesIn, type TlsPaths } from '../tls/tls-files.ts';
import { path } from './config-values.ts';

/** Sections and keys of the configuration file that say who may do what, and how much of it. */
export const tlsSection = strictObject({
  caFile: path.optional(),
  certFile: path.optional(),
  keyFile: path.optional(),
  revokedFile: path.optional(),
  insecure: z.boolean().optional(),
});

export const limitsSection = strictObject({
  callsPerSecond: z.number().min(0).max(1_000_000).optional(),
  burst: z.int().min(1).max(1_000_000).optional(),
  connections: z.int().min(1).max(1_000_000).optional(),
  strangersPerSecond: z.number().min(0).max(1_000_000).optional(),
  streams: z.int().min(1).max(100_000).optional(),
  messageBytes: z
    .int()
    .min(64 * 1024)
    .max(256 * 1024 * 1024)
    .optional(),
  node: strictObject({
    claims: z.int().min(1).max(10_000_000).optional(),
    blocks: z.int().min(1).max(10_000_000).optional(),
    pools: z.int().min(1).max(1_000_000).optional(),
  }).optional(),
});

export const socketGroupKeys = {
  /** Name or number. */
  socketGroup: z.union([z.string().min(1), z.int().min(0)]).optional(),
  socketGroupRole: z.enum(['viewer', 'operator']).optional(),
};

export interface TlsConfig {
  /** Everybody on the network is trusted as an admin. */
  readonly insecure: boolean;
  readonly paths: TlsPaths;
  /** Were files named? Then they must be there; those of the data directory are used when they are. */
  readonly isNamed: boolean;
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
  readonly node: { readonly claims: number; readonly blocks: number; readonly pools: number };
}

export interface SocketGroupConfig {
  readonly group: string;
  readonly role: 'viewer' | 'operator';
}

/** @throws IpamError invalid-config when files are named and TLS is turned off too */
export function tlsConfig(section: z.output<typeof tlsSection>, dataDir: string): TlsConfig {
  const { insecure = false, revokedFile, ...named } = section;
  const isNamed = Object.values(named).some((file) => file !== undefined);
  if (insecure && isNamed) {
    throw new IpamError('invalid-config', 'tls.insecure: true (--insecure), and certificates are named in tls', {
      advice: 'leave one out: with certificates nobody needs to be trusted unseen',
      facts: { key: 'tls.insecure' },
    });
  }
  const usual = filesIn(join(dataDir, 'pki'));
  const paths = {
    caFile: named.caFile ?? usual.caFile,
    certFile: named.certFile ?? usual.certFile,
    keyFile: named.keyFile ?? usual.keyFile,
    ...(revokedFile === undefined ? {} : { revokedFile }),
  };
  return { insecure, paths, isNamed };
}

export function limitsConfig(section: z.output<typeof limitsSection>): LimitsConfig {
  const callsPerSecond = section.callsPerSecond ?? 5_000;
  return {
    callsPerSecond,
    burst: section.burst ?? Math.max(1, Math.ceil(2 * callsPerSecond)),
    connections: section.connections ?? 100,
    strangersPerSecond: section.strangersPerSecond ?? 20,
    streams: section.streams ?? 256,
    messageBytes: section.messageBytes ?? 4 * 1024 * 1024,
    // Far beyond what a node needs, and far below what fills a store.
    node: {
      claims: section.node?.claims ?? 20_000,
      blocks: section.node?.blocks ?? 4_096,
      pools: section.node?.pools ?? 512,
    },
  };
}

/** @throws IpamError invalid-config: a role without a group */
export function socketGroupConfig(keys: {
  readonly socketGroup?: string | number | undefined;
  readonly socketGroupRole?: SocketGroupConfig['role'] | undefined;
}): SocketGroupConfig | undefined {
  const { socketGroup, socketGroupRole } = keys;
  if (socketGroup !== undefined) return { group: String(socketGroup), role: socketGroupRole ?? 'operator' };
  if (socketGroupRole === undefined) return undefined;
  throw new IpamError('invalid-config', 'grpc.socketGroupRole is set, and grpc.socketGroup is not', {
    advice: 'name the group too',
    facts: { key: 'grpc.socketGroupRole' },
  });
}
