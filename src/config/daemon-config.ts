import { z } from 'zod';
import { type Family, familyBits } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { type Prefix, parsePrefix } from '../ip/prefix.ts';
import { whyUnassignable } from '../ip/unassignable.ts';
import { defaultReclaimTimeouts, type ReclaimTimeouts } from '../ipam/reclaim/gone-pods.ts';
import { IpamError } from '../resources/errors.ts';
import { parseWith, strictObject } from '../resources/schema.ts';
import { yamlValue } from '../resources/yaml.ts';
import { type AgentConfig, agentConfig } from './agent-config.ts';
import { advertiseAddress, duration, hostPort, memberAddress, memberAddresses, path } from './config-values.ts';
import { type EtcdConfig, type EtcdSection, etcdConfig, etcdSection } from './etcd-config.ts';
import { type MembersConfig, membersConfig } from './members-config.ts';
import {
  type LimitsConfig,
  limitsConfig,
  limitsSection,
  type SocketGroupConfig,
  socketGroupConfig,
  socketGroupKeys,
  type TlsConfig,
  tlsConfig,
  tlsSection,
} from './security-config.ts';

/** A name that may stand in a Kubernetes label: what a node is called everywhere. */
const nodeName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 'letters, digits, "-", "_" and "." only, at most 253');

/** One CIDR of each family at most, comma-separated: `10.244.0.0/16,fd00:10:244::/56`. */
const clusterCidr = z.string().transform((text, context) => {
  const prefixes: Prefix[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    try {
      prefixes.push(parsePrefix(part));
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  }
  const unassignable = prefixes.map(whyUnassignable).find((why) => why !== undefined);
  if (unassignable !== undefined) {
    context.addIssue({ code: 'custom', message: unassignable });
    return z.NEVER;
  }
  if (new Set(prefixes.map(({ address }) => address.family)).size !== prefixes.length) {
    context.addIssue({
      code: 'custom',
      message: 'two CIDRs of one IP family; add the second as a pool with ipam-cli apply',
    });
    return z.NEVER;
  }
  return prefixes;
});

/** Where pools, blocks and claims live. The daemon's own record of who has what is always on its disk. */
export const engines = ['embedded', 'etcd', 'kubernetes'] as const;
export type Engine = (typeof engines)[number];

/** The daemon's configuration file, as document 000 writes it, and what we add. Every key is optional. */
const fileSchema = strictObject({
  dataDir: path.optional(),
  cluster: strictObject({
    cidr: clusterCidr.optional(),
    nodeBlockSize: z.int().min(8).max(32).optional(),
    nodeBlockSizeV6: z.int().min(16).max(128).optional(),
  }).optional(),
  store: strictObject({
    engine: z.enum(engines).optional(),
    kubeconfig: path.optional(),
    etcd: etcdSection.optional(),
  }).optional(),
  raft: strictObject({
    nodeID: nodeName.optional(),
    bindAddr: hostPort.optional(),
    dataDir: path.optional(),
    bootstrap: z.boolean().optional(),
    agent: z.boolean().optional(),
    joinAddr: memberAddresses.optional(),
    peers: z.array(memberAddress).optional(),
    advertiseAddr: advertiseAddress.optional(),
    clusterName: nodeName.optional(),
    etcd: path.optional(),
    quotaBytes: z
      .int()
      .min(64 * 1024 * 1024)
      .max(8 * 1024 * 1024 * 1024)
      .optional(),
    heartbeatTimeout: duration.optional(),
    electionTimeout: duration.optional(),
    commitTimeout: duration.optional(),
    snapshotInterval: z.int().min(1).optional(),
  }).optional(),
  grpc: strictObject({
    bindAddr: hostPort.or(z.literal('')).optional(),
    unixSocket: path.optional(),
    ...socketGroupKeys,
  }).optional(),
  tls: tlsSection.optional(),
  limits: limitsSection.optional(),
  http: strictObject({ bindAddr: hostPort.or(z.literal('')).optional() }).optional(),
  performance: strictObject({
    batchInterval: duration.optional(),
    cacheSize: z.int().min(1).max(10_000_000).optional(),
    preallocateThreshold: z.number().min(0).max(0.9).optional(),
  }).optional(),
  allocation: strictObject({
    cooldown: duration.optional(),
    sandboxDeadline: duration.optional(),
    goneAfter: duration.optional(),
  }).optional(),
  logging: strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
    format: z.enum(['json', 'text']).optional(),
    audit: z.boolean().optional(),
    file: path.optional(),
  }).optional(),
});

export type ConfigFile = z.output<typeof fileSchema>;

export interface DaemonConfig {
  readonly node: string;
  readonly dataDir: string;
  readonly engine: Engine;
  /** Somebody asked for it by its name. */
  readonly isEngineNamed: boolean;
  /** Of the Kubernetes engine; undefined: the service account of the Pod. */
  readonly kubeconfig: string | undefined;
  /** An etcd that somebody else runs; undefined: none. */
  readonly etcd: EtcdConfig | undefined;
  /** Of an etcd cluster whose members the daemons run; undefined: this daemon is none. */
  readonly members: MembersConfig | undefined;
  /** Members keep the state; undefined: this daemon, or somebody else. */
  readonly agent: AgentConfig | undefined;
  /** Begin the cluster anew from this disk: its other members are lost. */
  readonly forceNewCluster: boolean;
  readonly clusterCidrs: readonly Prefix[];
  readonly blockSizes: Readonly<Record<Family, number>>;
  readonly tls: TlsConfig;
  readonly limits: LimitsConfig;
  /** Whose members may use the Unix socket; undefined: only its owner and root. */
  readonly socketGroup: SocketGroupConfig | undefined;
  /** Empty: not served. */
  readonly grpcAddr: string;
  readonly unixSocket: string;
  /** Health and metrics; empty: not served. */
  readonly httpAddr: string;
  /** Pause between rounds of background work, milliseconds. */
  readonly maintenanceIntervalMs: number;
  /** Changes of each kind that the store keeps for watchers that fall behind. */
  readonly keptChanges: number;
  readonly preleaseThreshold: number;
  readonly cooldownMs: number;
  readonly reclaimTimeouts: ReclaimTimeouts;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'text';
  readonly audit: boolean;
  readonly logFile: string | undefined;
}

/** Command-line flags, by their names in document 000; each wins over the file. */
export interface DaemonFlags {
  readonly nodeId?: string;
  readonly bindAddr?: string;
  readonly clusterCidr?: string;
  readonly bootstrap?: boolean;
  readonly agent?: boolean;
  readonly join?: string;
  readonly advertiseAddr?: string;
  readonly clusterName?: string;
  readonly forceNewCluster?: boolean;
  readonly dataDir?: string;
  readonly storeEngine?: string;
  readonly kubeconfig?: string;
  readonly etcdEndpoints?: string;
  readonly etcdCaFile?: string;
  readonly etcdCertFile?: string;
  readonly etcdKeyFile?: string;
  readonly etcdPrefix?: string;
  readonly blockSize?: string;
  readonly blockSizeV6?: string;
  readonly grpcAddr?: string;
  readonly insecure?: boolean;
  readonly unixSocket?: string;
  readonly metricsAddr?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

/**
 * The configuration of a file's text and the flags.
 * @param source the file's name, for errors
 * @throws IpamError invalid-config naming the key or flag, the value and what is allowed
 */
export function daemonConfig(text: string, source: string, flags: DaemonFlags, hostname: string): DaemonConfig {
  const file = parseWith(fileSchema, yamlValue(text, source) ?? {}, source);
  const flagged = parseWith(fileSchema, fileOfFlags(flags), 'command line');
  const pick = <Section extends keyof ConfigFile>(section: Section): NonNullable<ConfigFile[Section]> =>
    ({ ...(file[section] as object), ...(flagged[section] as object) }) as NonNullable<ConfigFile[Section]>;
  const cluster = pick('cluster');
  const store = pick('store');
  const raft = pick('raft');
  const grpc = pick('grpc');
  const performance = pick('performance');
  const allocation = pick('allocation');
  const logging = pick('logging');
  const dataDir = flagged.dataDir ?? file.dataDir ?? raft.dataDir ?? '/var/lib/ipam';
  const agent = agentConfig(raft, store.engine);
  const members = agent === undefined ? membersConfig(raft, store.engine) : undefined;
  const etcd = etcdConfig(
    { ...file.store?.etcd, ...flagged.store?.etcd } as EtcdSection,
    store.engine,
    (members ?? agent) !== undefined,
  );
  const config: DaemonConfig = {
    node: raft.nodeID ?? hostname,
    dataDir,
    engine: store.engine ?? ((members ?? agent ?? etcd) === undefined ? 'embedded' : 'etcd'),
    kubeconfig: store.kubeconfig,
    isEngineNamed: store.engine !== undefined,
    etcd,
    members,
    agent,
    forceNewCluster: flags.forceNewCluster ?? false,
    clusterCidrs: cluster.cidr ?? [],
    blockSizes: { 4: cluster.nodeBlockSize ?? 24, 6: cluster.nodeBlockSizeV6 ?? 64 },
    tls: tlsConfig(pick('tls'), dataDir),
    limits: limitsConfig(pick('limits')),
    socketGroup: socketGroupConfig(grpc),
    grpcAddr: grpc.bindAddr ?? '0.0.0.0:9090',
    unixSocket: grpc.unixSocket ?? '/run/ipam/ipam.sock',
    httpAddr: pick('http').bindAddr ?? '0.0.0.0:2112',
    maintenanceIntervalMs: performance.batchInterval ?? 1_000,
    keptChanges: performance.cacheSize ?? 10_000,
    preleaseThreshold: performance.preallocateThreshold ?? 0.2,
    cooldownMs: allocation.cooldown ?? 30_000,
    reclaimTimeouts: {
      sandboxDeadlineMs: allocation.sandboxDeadline ?? defaultReclaimTimeouts.sandboxDeadlineMs,
      goneAfterMs: allocation.goneAfter ?? defaultReclaimTimeouts.goneAfterMs,
    },
    logLevel: logging.level ?? 'info',
    logFormat: logging.format ?? 'json',
    audit: logging.audit ?? true,
    logFile: logging.file,
  };
  checkBlockSizes(config);
  return config;
}

/** Flags in the shape of the file, so that both pass the same schema. */
function fileOfFlags(flags: DaemonFlags): object {
  const sections: Record<string, Record<string, unknown>> = {};
  const set = (section: string, key: string, value: unknown): void => {
    if (value !== undefined) sections[section] = { ...sections[section], [key]: value };
  };
  set('raft', 'nodeID', flags.nodeId);
  set('raft', 'bindAddr', flags.bindAddr);
  set('raft', 'bootstrap', flags.bootstrap);
  set('raft', 'agent', flags.agent);
  set('raft', 'joinAddr', flags.join);
  set('raft', 'advertiseAddr', flags.advertiseAddr);
  set('raft', 'clusterName', flags.clusterName);
  set('store', 'engine', flags.storeEngine);
  set('store', 'kubeconfig', flags.kubeconfig);
  const etcd = {
    endpoints: flags.etcdEndpoints,
    caFile: flags.etcdCaFile,
    certFile: flags.etcdCertFile,
    keyFile: flags.etcdKeyFile,
    prefix: flags.etcdPrefix,
  };
  const given = Object.entries(etcd).filter(([, value]) => value !== undefined);
  if (given.length > 0) set('store', 'etcd', Object.fromEntries(given));
  set('cluster', 'cidr', flags.clusterCidr);
  set('cluster', 'nodeBlockSize', numberOf(flags.blockSize));
  set('cluster', 'nodeBlockSizeV6', numberOf(flags.blockSizeV6));
  set('tls', 'insecure', flags.insecure);
  set('grpc', 'bindAddr', flags.grpcAddr);
  set('grpc', 'unixSocket', flags.unixSocket);
  set('http', 'bindAddr', flags.metricsAddr);
  set('logging', 'level', flags.logLevel);
  set('logging', 'format', flags.logFormat);
  return flags.dataDir === undefined ? sections : { ...sections, dataDir: flags.dataDir };
}

/** Text that is no number stays text, for the schema to refuse with its own words. */
function numberOf(text: string | undefined): unknown {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}

function checkBlockSizes({ clusterCidrs, blockSizes }: DaemonConfig): void {
  for (const { address, length } of clusterCidrs) {
    const key = address.family === 4 ? 'cluster.nodeBlockSize' : 'cluster.nodeBlockSizeV6';
    const size = blockSizes[address.family];
    const longest = familyBits(address.family) - 2;
    if (size >= length && size <= longest) continue;
    throw new IpamError(
      'invalid-config',
      size < length
        ? `${key}: a /${size} block is larger than the cluster's /${length}`
        : `${key}: a /${size} block leaves no address for Pods`,
      { advice: `choose ${length}..${longest}`, facts: { key, value: size } },
    );
  }
}
