import { z } from 'zod';
import type { Family } from '../ip/address.ts';
import { IpamError } from '../resources/errors.ts';
import { parseWith, strictObject } from '../resources/schema.ts';
import { yamlValue } from '../resources/yaml.ts';
import { duration, hostPort, path } from './config-values.ts';

const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "." only, at most 253');

/** The controller's configuration file. Every key is optional. */
const fileSchema = strictObject({
  kubeconfig: path.optional(),
  namespace: objectName.optional(),
  leaderElection: strictObject({
    leaseName: objectName.optional(),
    leaseDuration: duration.optional(),
    renewDeadline: duration.optional(),
    retryPeriod: duration.optional(),
  }).optional(),
  http: strictObject({ bindAddr: hostPort.or(z.literal('')).optional() }).optional(),
  resync: strictObject({
    interval: duration.optional(),
    lostNodesInterval: duration.optional(),
    drain: duration.optional(),
  }).optional(),
  webhook: strictObject({
    bindAddr: hostPort.or(z.literal('')).optional(),
    certDir: path.optional(),
    hosts: z.array(z.string().min(1)).optional(),
    families: z
      .array(z.union([z.literal(4), z.literal(6)], '4 or 6'))
      .min(1)
      .optional(),
    clientCA: path.optional(),
    clientNames: z.array(z.string().min(1)).optional(),
  }).optional(),
  logging: strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
    format: z.enum(['json', 'text']).optional(),
  }).optional(),
});

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
  /** Authority of the certificates that API servers show; undefined: they show none, as in most clusters. */
  readonly webhookClientCA: string | undefined;
  /** Common names of those certificates; empty: any. */
  readonly webhookClientNames: readonly string[];
  readonly resyncMs: number;
  readonly lostNodesMs: number;
  readonly drainMs: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'text';
}

/** Command-line flags; each wins over the file. */
export interface ControllerFlags {
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly leaseName?: string;
  readonly leaseDuration?: string;
  readonly renewDeadline?: string;
  readonly retryPeriod?: string;
  readonly metricsAddr?: string;
  readonly webhookAddr?: string;
  readonly webhookCertDir?: string;
  /** Comma-separated. */
  readonly webhookHosts?: string;
  readonly webhookClientCa?: string;
  /** Comma-separated. */
  readonly webhookClientNames?: string;
  readonly resyncInterval?: string;
  readonly lostNodesInterval?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

/**
 * The configuration of a file's text and the flags.
 * @param source the file's name, for errors
 * @throws IpamError invalid-config naming the key or flag, the value and what is allowed
 */
export function controllerConfig(text: string, source: string, flags: ControllerFlags): ControllerConfig {
  const file = parseWith(fileSchema, yamlValue(text, source) ?? {}, source);
  const flagged = parseWith(fileSchema, fileOfFlags(flags), 'command line');
  const election = { ...file.leaderElection, ...flagged.leaderElection };
  const resync = { ...file.resync, ...flagged.resync };
  const webhook = { ...file.webhook, ...flagged.webhook };
  const logging = { ...file.logging, ...flagged.logging };
  const config: ControllerConfig = {
    kubeconfig: flagged.kubeconfig ?? file.kubeconfig,
    namespace: flagged.namespace ?? file.namespace,
    leaseName: election.leaseName ?? 'ipam-controller',
    leaseMs: election.leaseDuration ?? 15_000,
    renewMs: election.renewDeadline ?? 10_000,
    retryMs: election.retryPeriod ?? 2_000,
    httpAddr: flagged.http?.bindAddr ?? file.http?.bindAddr ?? '0.0.0.0:2113',
    webhookAddr: webhook.bindAddr ?? '0.0.0.0:9443',
    webhookCertDir: webhook.certDir,
    webhookHosts: webhook.hosts,
    families: webhook.families ?? [4, 6],
    webhookClientCA: webhook.clientCA,
    webhookClientNames: webhook.clientNames ?? [],
    resyncMs: resync.interval ?? 600_000,
    lostNodesMs: resync.lostNodesInterval ?? 60_000,
    drainMs: resync.drain ?? 0,
    logLevel: logging.level ?? 'info',
    logFormat: logging.format ?? 'json',
  };
  checkTimes(config);
  return config;
}

/** Flags in the shape of the file, so that both pass the same schema. */
function fileOfFlags(flags: ControllerFlags): object {
  const given = (values: Readonly<Record<string, unknown>>): object =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const { leaseName, leaseDuration, renewDeadline, retryPeriod, webhookHosts } = flags;
  return {
    ...given({ kubeconfig: flags.kubeconfig, namespace: flags.namespace }),
    leaderElection: given({ leaseName, leaseDuration, renewDeadline, retryPeriod }),
    http: given({ bindAddr: flags.metricsAddr }),
    webhook: given({
      bindAddr: flags.webhookAddr,
      certDir: flags.webhookCertDir,
      hosts: webhookHosts?.split(','),
      clientCA: flags.webhookClientCa,
      clientNames: flags.webhookClientNames?.split(','),
    }),
    resync: given({ interval: flags.resyncInterval, lostNodesInterval: flags.lostNodesInterval }),
    logging: given({ level: flags.logLevel, format: flags.logFormat }),
  };
}

/** A leader that is silent must have stopped before another begins. */
function checkTimes({ leaseMs, renewMs, retryMs, resyncMs, lostNodesMs }: ControllerConfig): void {
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
  if (Math.min(resyncMs, lostNodesMs) < 100) {
    throw new IpamError('invalid-config', 'resync: intervals under 100ms are not supported');
  }
}
