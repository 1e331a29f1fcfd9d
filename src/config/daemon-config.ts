import { type Family, familyBits } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import type { HistoryLimits } from '../ipam/history/retention.ts';
import type { ReclaimPolicy } from '../ipam/reclaim/policy.ts';
import { IpamError } from '../resources/errors.ts';
import type { Detection } from '../resources/pool.ts';
import { type AgentConfig, agentConfig } from './agent-config.ts';
import { daemonSettings, type Engine } from './daemon-settings.ts';
import { type EtcdConfig, etcdConfig } from './etcd-config.ts';
import { historyConfig } from './history-config.ts';
import { type MembersConfig, membersConfig } from './members-config.ts';
import { type BirdConfig, birdConfigOf } from './routing-config.ts';
import {
  type LimitsConfig,
  limitsConfig,
  type SocketGroupConfig,
  socketGroupConfig,
  type TlsConfig,
  tlsConfig,
} from './security-config.ts';
import { type Flags, settingsReader, type Values } from './setting.ts';

export interface DaemonConfig {
  readonly node: string;
  /** The top-of-rack switch of the node; undefined: its IPAMNode object says. */
  readonly tor: string | undefined;
  readonly dataDir: string;
  /** Undefined: no BIRD is told anything. */
  readonly bird: BirdConfig | undefined;
  readonly engine: Engine;
  /** Somebody asked for it by its name. */
  readonly isEngineNamed: boolean;
  /** Of the API server that knows about Pods; undefined: with the Kubernetes engine the service account of the Pod, else none. */
  readonly kubeconfig: string | undefined;
  /** Of `ipam-controller`; without a namespace: this Pod's own. */
  readonly controllerLease: { readonly name: string; readonly namespace?: string };
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
  /** Where other daemons reach it, host:port; undefined: it is found out. */
  readonly grpcAdvertiseAddr: string | undefined;
  readonly unixSocket: string;
  /** Health and metrics; empty: not served. */
  readonly httpAddr: string;
  /** Pages for people; empty: not served. */
  readonly pageAddr: string;
  /** Pause between rounds of background work, milliseconds. */
  readonly maintenanceIntervalMs: number;
  /** Changes of each kind that the store keeps for watchers that fall behind. */
  readonly keptChanges: number;
  readonly preleaseThreshold: number;
  readonly cooldownMs: number;
  /** Does it follow its own claims only, where somebody publishes what else is taken? */
  readonly knowsOnlyOwnClaims: boolean;
  readonly keepsInBlocks: boolean;
  /** How many addresses a namespace may hold in all where it does not say; undefined: any number. */
  readonly namespaceQuota: number | undefined;
  readonly conflicts: ConflictsConfig;
  /** Do addresses of StatefulSets stay? */
  readonly enableStatefulSet: boolean;
  /** Do addresses of KubeVirt virtual machines stay? */
  readonly enableKubevirtStaticIP: boolean;
  /** Where the network configurations of this node are. */
  readonly cniConfDir: string;
  readonly reclaimPolicy: ReclaimPolicy;
  readonly history: HistoryLimits;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'text';
  readonly audit: boolean;
  readonly logFile: string | undefined;
}

/** What is looked for on the segment of an interface before its addresses are answered. */
export interface ConflictsConfig {
  readonly conflict: Detection;
  readonly gateway: Detection;
  /** How long an answer is waited for, milliseconds. */
  readonly waitMs: number;
  /** How long an address is withheld that somebody else answered for, milliseconds. */
  readonly quarantineMs: number;
}

/** Command-line flags; each wins over the file. */
export type DaemonFlags = Flags<typeof daemonSettings>;
export type DaemonSettings = Values<typeof daemonSettings>;

/** What file and flags say, setting by setting. @throws IpamError invalid-config naming the key or flag, the value and what is allowed */
export const readDaemonSettings = settingsReader(daemonSettings);

/** The configuration that settings come to. @throws IpamError invalid-config: they do not go together */
export function daemonConfig(values: DaemonSettings, hostname: string): DaemonConfig {
  const { engine, dataDir } = values;
  const agent = agentConfig(values, engine);
  const members = agent === undefined ? membersConfig(values, engine) : undefined;
  const etcd = etcdConfig(values, engine, (members ?? agent) !== undefined);
  const config: DaemonConfig = {
    node: values.node ?? hostname,
    tor: values.tor,
    dataDir,
    bird: birdConfigOf(values),
    engine: engine ?? ((members ?? agent ?? etcd) === undefined ? 'embedded' : 'etcd'),
    kubeconfig: values.kubeconfig,
    controllerLease: values.controllerLease ?? { name: 'ipam-controller' },
    isEngineNamed: engine !== undefined,
    etcd,
    members,
    agent,
    forceNewCluster: values.forceNewCluster,
    clusterCidrs: values.clusterCidrs ?? [],
    blockSizes: { 4: values.nodeBlockSize, 6: values.nodeBlockSizeV6 },
    tls: tlsConfig(values, { dataDir, engine }),
    limits: limitsConfig(values),
    socketGroup: socketGroupConfig(values),
    grpcAddr: values.grpcAddr,
    grpcAdvertiseAddr: values.grpcAdvertiseAddr,
    unixSocket: values.unixSocket,
    httpAddr: values.httpAddr,
    pageAddr: values.pageAddr,
    maintenanceIntervalMs: values.batchInterval,
    keptChanges: values.cacheSize,
    preleaseThreshold: values.preallocateThreshold,
    cooldownMs: values.cooldown,
    knowsOnlyOwnClaims: values.claimsKnown === 'own',
    keepsInBlocks: values.keepInBlocks,
    namespaceQuota: values.namespaceQuota,
    conflicts: {
      conflict: values.conflictDetection,
      gateway: values.gatewayDetection,
      waitMs: values.conflictWait,
      quarantineMs: values.conflictQuarantine,
    },
    enableStatefulSet: values.enableStatefulSet,
    enableKubevirtStaticIP: values.enableKubevirtStaticIP,
    cniConfDir: values.cniConfDir,
    reclaimPolicy: {
      isOn: values.reclaims,
      sandboxDeadlineMs: values.sandboxDeadline,
      goneAfterMs: values.goneAfter,
      isTerminatingEnough: values.reclaimsTerminating,
      terminatingDelayMs: values.terminatingDelay,
      sandboxGoneMs: values.sandboxGone || undefined,
      interfaceMissingMs: values.interfaceMissing || undefined,
    },
    history: historyConfig(values, agent !== undefined),
    logLevel: values.logLevel,
    logFormat: values.logFormat,
    audit: values.audit,
    logFile: values.logFile,
  };
  checkBlockSizes(config);
  checkClaims(config);
  checkConflicts(config);
  return config;
}

/** The CNI executable gives an ADD up after 15 s. */
const longestWaitMs = 5_000;

function checkConflicts({ conflicts: { waitMs } }: DaemonConfig): void {
  if (waitMs >= 100 && waitMs <= longestWaitMs) return;
  throw new IpamError('invalid-config', `conflicts.wait: ${waitMs / 1000}s is not from 100ms to 5s`, {
    advice: 'an ADD waits so long for an answer that should not come: 1s is usual',
    facts: { key: 'conflicts.wait', value: waitMs },
  });
}

function checkClaims({ engine, knowsOnlyOwnClaims }: DaemonConfig): void {
  if (!knowsOnlyOwnClaims || engine === 'kubernetes') return;
  throw new IpamError('invalid-config', `allocation.claims: "own" is not for the engine ${engine}`, {
    advice: 'leave it out: daemons of this engine follow all claims',
    facts: { key: 'allocation.claims', engine },
  });
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
