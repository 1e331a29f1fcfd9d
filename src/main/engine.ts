import { randomUUID } from 'node:crypto';
import type { Metrics } from '../api/metrics.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import type { Disk } from '../daemon/recovery/disk-health.ts';
import type { PodRef } from '../ipam/attachment.ts';
import type { PodAddresses } from '../ipam/cluster-port.ts';
import type { PodFactsSource } from '../ipam/pod-facts.ts';
import type { PodLife } from '../ipam/reclaim/ended-pods.ts';
import type { ReleaseCause, Released } from '../ipam/reclaim/release-cause.ts';
import type { Member } from '../members/member.ts';
import type { IpamError } from '../resources/errors.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { MemoryPresences, type PresenceList, type Presences } from '../store/presences.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Security } from './security.ts';

/** What an engine that talks to others needs of it. */
export type EngineSecurity = Pick<Security, 'tls' | 'refusals'>;

/** Where state lives, and what else the place can tell. */
export interface Engine {
  readonly store: Store;
  /** Do other daemons share it? */
  readonly isShared: boolean;
  /** May this daemon let pools go that are being deleted, or does somebody else? */
  readonly completesDeletions: boolean;
  /** Where operators' writes are judged when not here, and how to ask there. */
  readonly judgedBy?: string;
  /** Who knows about Pods; undefined: nobody. */
  readonly pods: (PodFactsSource & PodLife) | undefined;
  /** Does a controller lead that makes automatic pools? A sentence; undefined: none serves this engine. */
  readonly controllerState?: () => Promise<string>;
  /** What it keeps on this machine's own disk. */
  readonly disk?: Disk;
  /** Which other daemons are there; undefined: the engine does not tell, or this daemon does not serve it to others. */
  readonly presences?: Presences;
  /** Whose daemons are there and where they answer; undefined: they have no way to one another. */
  readonly present?: PresenceList;
  /** By which of its addresses others may reach this machine: where it reaches what it shares with them. Undefined: nothing tells. */
  readonly seenFrom?: () => Promise<string | undefined>;
  /** Who tells of Pods' addresses when their daemons do not; undefined: nobody. */
  readonly podAddresses?: PodAddresses;
  /** Of a cluster that the daemons run themselves. */
  readonly member?: Member;
  /** Is it this daemon that shows the figures of pools now? Of those that share them one does. @throws IpamError store-unavailable */
  speaksForPools(): Promise<boolean>;
  onRefused(pod: PodRef, error: IpamError): void;
  /** Told when an operator gives a Pod addresses; absent: there is nobody to tell. */
  readonly onByHand?: (pod: PodRef, message: string) => void;
  /** Told of everything that comes back; absent: there is nobody to tell. */
  readonly onReleased?: (released: Released, cause: ReleaseCause) => void;
  /** Resolves when what it tells is there: for a server that is unreachable, when it is back. */
  begin(): Promise<void>;
  /** After the store was closed. */
  end(): Promise<void>;
}

/** @throws IpamError invalid-config, storage-damaged, storage-full */
export async function openEngine(
  config: DaemonConfig,
  storeDirectory: string,
  metrics: Metrics,
  log: Log,
  security: EngineSecurity,
): Promise<Engine> {
  if (config.engine === 'kubernetes') {
    // Loaded only when asked for: other engines do without its memory.
    const { openKubernetesEngine } = await import('./kubernetes-engine.ts');
    return openKubernetesEngine(config, metrics, log);
  }
  if (config.members !== undefined) {
    const { openMemberEngine } = await import('./member-engine.ts');
    return openMemberEngine({ config, members: config.members, storeDirectory, metrics, log, security });
  }
  if (config.etcd !== undefined) {
    const { openEtcdEngine } = await import('./etcd-engine.ts');
    return openEtcdEngine(config.etcd, config, metrics, log);
  }
  if (config.agent !== undefined) {
    const { openAgentEngine } = await import('./agent-engine.ts');
    return openAgentEngine(config, config.agent, security.tls, log);
  }
  const { keptChanges } = config;
  const presences = new MemoryPresences();
  const store = new EmbeddedStore({ directory: storeDirectory, now: Date.now, newUid: randomUUID, keptChanges });
  return {
    store,
    disk: store,
    isShared: false,
    completesDeletions: true,
    pods: undefined,
    presences,
    present: presences,
    speaksForPools: async () => true,
    onRefused: () => {},
    begin: async () => {},
    end: async () => {},
  };
}
