import type { Family } from '../ip/address.ts';
import type { ScaleDownPolicy } from '../ipam/bind/scale-down.ts';
import { IpamError } from '../resources/errors.ts';
import { controllerSettings } from './controller-settings.ts';
import { type Flags, settingsReader, type Values } from './setting.ts';

export interface ControllerConfig {
  /** Undefined: the service account of the Pod. */
  readonly kubeconfig: string | undefined;
  /** Where the lease is kept; undefined: the Pod's own, or else that of the kubeconfig. */
  readonly namespace: string | undefined;
  readonly leaseName: string;
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly retryMs: number;
  /** Health and metrics; empty: not served. */
  readonly httpAddr: string;
  /** The admission webhook; empty: not served. */
  readonly webhookAddr: string;
  /** Where somebody else keeps its certificate; undefined: replicas make one and share it in a Secret. */
  readonly webhookCertDir: string | undefined;
  /** Names and addresses that API servers reach it by; undefined: those of its Service. */
  readonly webhookHosts: readonly string[] | undefined;
  /** IP families of which pools, subnets and reservations may be: Spiderpool's enableIPv4 and enableIPv6. */
  readonly families: readonly Family[];
  /** Are Pods refused that ask for addresses which they cannot have? */
  readonly refusesPods: boolean;
  /** Authority of the certificates that API servers show; undefined: they show none, as in most clusters. */
  readonly webhookClientCA: string | undefined;
  /** Common names of those certificates; empty: any. */
  readonly webhookClientNames: readonly string[];
  /** Where schedulers ask on which nodes addresses are left; empty: not served. */
  readonly schedulerAddr: string;
  /** `tls.crt` and `tls.key` for that; undefined: plain HTTP. */
  readonly schedulerCertDir: string | undefined;
  /** Authority of the certificates that schedulers show; undefined: they show none. */
  readonly schedulerClientCA: string | undefined;
  /** The label that names a node's TOR, as daemons are told; undefined: none does. */
  readonly schedulerTorLabel: string | undefined;
  /** Pools that the nodes' CNI configuration names; empty: the default pools. */
  readonly schedulerPools: readonly string[];
  readonly resyncMs: number;
  readonly lostNodesMs: number;
  /** What is younger may belong to a sandbox that is being made, milliseconds. */
  readonly sandboxDeadline: number;
  /** Does anything come back because of what its node or its owner is found to be? */
  readonly reclaims: boolean;
  /** Does the address of a Pod come back that should have ended, when its node is not ready? */
  readonly reclaimsTerminating: boolean;
  /** How long after its grace period, milliseconds. */
  readonly terminatingDelay: number;
  /** After how long a node that is not ready counts as shut down, milliseconds; 0: never by itself. */
  readonly nodeNotReady: number;
  /** How long an address stays after its owner is gone or scaled down, milliseconds. */
  readonly scaleDownGraceMs: number;
  /** What becomes of the addresses of ordinals that are scaled away, where the StatefulSet does not say. */
  readonly whenScaled: ScaleDownPolicy;
  /** Do addresses of StatefulSets stay? */
  readonly enableStatefulSet: boolean;
  /** Do addresses of KubeVirt virtual machines stay? */
  readonly enableKubevirtStaticIP: boolean;
  /** Are pools made for applications that ask for some? */
  readonly enableAutoPools: boolean;
  /** How many addresses such a pool has beyond its application's Pods, where that does not say. */
  readonly flexibleCount: number;
  readonly drainMs: number;
  /** A pool that runs out within so long is told, milliseconds; 0: none is. */
  readonly forecastWarnWithin: number;
  /** Is it published which addresses of shared pools are taken? */
  readonly publishesOccupancy: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'text';
}

/** Command-line flags; each wins over the file. */
export type ControllerFlags = Flags<typeof controllerSettings>;
export type ControllerSettings = Values<typeof controllerSettings>;

/** What file and flags say, setting by setting. @throws IpamError invalid-config naming the key or flag, the value and what is allowed */
export const readControllerSettings = settingsReader(controllerSettings);

/** The configuration that settings come to. @throws IpamError invalid-config: they do not go together */
export function controllerConfig(values: ControllerSettings): ControllerConfig {
  checkElection(values);
  checkIntervals(values);
  checkScheduler(values);
  return values;
}

function checkScheduler({ schedulerCertDir, schedulerClientCA }: ControllerConfig): void {
  if (schedulerClientCA === undefined || schedulerCertDir !== undefined) return;
  throw new IpamError('invalid-config', 'scheduler.clientCA: there are no certificates over plain HTTP', {
    advice: 'set scheduler.certDir, or leave scheduler.clientCA out',
  });
}

function checkIntervals({ resyncMs, lostNodesMs }: ControllerConfig): void {
  if (Math.min(resyncMs, lostNodesMs) >= 100) return;
  throw new IpamError('invalid-config', 'resync: intervals under 100ms are not supported');
}

/** A leader that is silent must have stopped before another begins. @throws IpamError invalid-config */
export function checkElection({
  leaseMs,
  renewMs,
  retryMs,
}: Pick<ControllerConfig, 'leaseMs' | 'renewMs' | 'retryMs'>): void {
  const refuse = (rule: string): never => {
    throw new IpamError('invalid-config', `leaderElection: ${rule}`, {
      advice: 'leave them out for 15s, 10s and 2s',
      facts: { leaseMs, renewMs, retryMs },
    });
  };
  if (leaseMs < 1_000) refuse('leaseDuration is under 1s, the shortest that a Lease can say');
  if (retryMs < 100) refuse('retryPeriod is under 100ms');
  if (renewMs + retryMs > leaseMs) refuse('renewDeadline and retryPeriod together are longer than leaseDuration');
  if (retryMs >= renewMs) refuse('retryPeriod is not shorter than renewDeadline');
}
