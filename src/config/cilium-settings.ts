import { z } from 'zod';
import { labelSelector } from '../cilium/label-selector.ts';
import { ownerKinds } from '../cilium/owner-kinds.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import { objectNameText, strictObject } from '../resources/schema.ts';
import { duration, listenAddress, logFormat, path } from './config-values.ts';
import { numberOf, settings } from './setting.ts';

const flagOfTruth = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text);
const withCommas = (text: string): unknown => (text === '' ? [] : text.split(','));

/** Text that is no JSON stays text, for the schema to refuse with its own words. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const cidrs = z.union([z.string().transform((text) => withCommas(text)), z.array(z.string())]).pipe(
  z.array(
    z.string().transform((text, context) => {
      const prefix = readable(text.trim(), parsePrefix);
      if (prefix !== undefined) return prefix;
      context.addIssue({ code: 'custom', message: `not a network: ${text}` });
      return z.NEVER;
    }),
  ),
);

/** The document says text; a number is the same. */
const maskSize = (most: number) => z.union([z.int(), z.string().transform(numberOf)]).pipe(z.int().min(1).max(most));

/** As logrus counts: panic, fatal, error, warning, info, debug, trace. */
const levels = ['error', 'error', 'error', 'warn', 'info', 'debug', 'debug'] as const;

const ownerKind = strictObject({
  kind: z.string().min(1),
  apiVersion: z.string().min(1),
  plural: z.string().min(1),
  namesComeAgain: z.boolean(),
});

/** Every setting of cilium-ipam-controller, in the order in which they are shown. */
export const ciliumSettings = settings({
  labelSelector: {
    key: 'labelSelector',
    flag: 'labelSector',
    argument: '<json>',
    fromFlag: jsonOf,
    schema: labelSelector,
    default: { matchLabels: { noStatic: 'true' } },
    usual: '{"matchLabels":{"noStatic":"true"}}',
    help: 'Pods whose addresses stay, as a label selector of Kubernetes',
  },
  excludedPrefixes: {
    key: 'excludeDbbranchPrefixs',
    flag: 'excludeDbbranchPrefixs',
    argument: '<prefixes>',
    fromFlag: withCommas,
    schema: z.array(z.string().min(1)),
    default: [],
    help: 'of these Pods not those whose label dbbranch begins so, comma-separated',
  },
  rate: {
    key: 'ipRateNum',
    flag: 'ipRateNum',
    argument: '<n>',
    fromFlag: numberOf,
    schema: z.int().min(0).max(65_536),
    default: 255,
    help: 'fewer free addresses in the pool of a node than this, and more are put into it',
  },
  max: {
    key: 'maxAllocatedIP',
    flag: 'maxAllocatedIP',
    argument: '<n>',
    fromFlag: numberOf,
    schema: z.int().min(1).max(65_536),
    default: 255,
    help: 'the most addresses in the pool of a node, of each family',
  },
  enableIPv6: {
    key: 'enableIPv6',
    flag: 'enableIPv6',
    argument: '[bool]',
    fromFlag: flagOfTruth,
    schema: z.boolean(),
    default: false,
    help: 'nodes have IPv6 subnets and addresses as well',
  },
  enableStaticPodIPv6: {
    key: 'enableStaticPodIPv6',
    flag: 'enableStaticPodIPv6',
    argument: '[bool]',
    fromFlag: flagOfTruth,
    schema: z.boolean(),
    default: false,
    help: 'IPv6 addresses of these Pods stay as well; it needs enableIPv6',
  },
  ipv4Cidrs: {
    key: 'clusterPool.ipv4.cidr',
    flag: 'cluster-pool-ipv4-cidr',
    argument: '<cidr>',
    environment: 'CLUSTER_POOL_IPV4_CIDR',
    schema: cidrs,
    usual: 'nodes have what others give them',
    help: 'networks that nodes have their IPv4 subnets from, comma-separated',
  },
  ipv4MaskSize: {
    key: 'clusterPool.ipv4.maskSize',
    flag: 'cluster-pool-ipv4-mask-size',
    argument: '<n>',
    environment: 'CLUSTER_POOL_IPV4_MASK_SIZE',
    fromFlag: numberOf,
    schema: maskSize(30),
    default: 24,
    help: 'length of the IPv4 subnet of a node',
  },
  ipv6Cidrs: {
    key: 'clusterPool.ipv6.cidr',
    flag: 'cluster-pool-ipv6-cidr',
    argument: '<cidr>',
    environment: 'CLUSTER_POOL_IPV6_CIDR',
    schema: cidrs,
    usual: 'nodes have what others give them',
    help: 'the same of IPv6',
  },
  ipv6MaskSize: {
    key: 'clusterPool.ipv6.maskSize',
    flag: 'cluster-pool-ipv6-mask-size',
    argument: '<n>',
    environment: 'CLUSTER_POOL_IPV6_MASK_SIZE',
    fromFlag: numberOf,
    schema: maskSize(126),
    default: 120,
    help: 'length of the IPv6 subnet of a node',
  },
  enableLeaderElection: {
    key: 'leaderElection.enabled',
    flag: 'enable-leader-election',
    argument: '[bool]',
    fromFlag: flagOfTruth,
    schema: z.boolean(),
    default: true,
    help: 'false: this one acts, whoever else does',
  },
  namespace: {
    key: 'leaderElection.namespace',
    flag: 'leader-election-namespace',
    argument: '<name>',
    environment: 'POD_NAMESPACE',
    schema: objectNameText,
    usual: "the Pod's own, or kube-system",
    help: 'where the lease and the records of subnets and Pods are kept',
  },
  leaseName: {
    key: 'leaderElection.id',
    flag: 'leader-election-id',
    argument: '<name>',
    schema: objectNameText,
    default: 'cilium-ipam-leader',
    help: 'name of the Lease that replicas compete for',
  },
  leaseMs: {
    key: 'leaderElection.leaseDuration',
    flag: 'leader-election-lease-duration',
    argument: '<time>',
    schema: duration,
    default: '15s',
    help: 'how long others wait for a silent leader',
  },
  renewMs: {
    key: 'leaderElection.renewDeadline',
    flag: 'leader-election-renew-deadline',
    argument: '<time>',
    schema: duration,
    default: '10s',
    help: 'how long a leader goes on without having renewed',
  },
  retryMs: {
    key: 'leaderElection.retryPeriod',
    flag: 'leader-election-retry-period',
    argument: '<time>',
    schema: duration,
    default: '2s',
    help: 'between two attempts to take or renew the lease',
  },
  terminationMs: {
    key: 'cepTerminationTimeout',
    flag: 'cepTerminationTimeout',
    argument: '<time>',
    schema: duration,
    default: '30m',
    help: 'how long a CiliumEndpoint may be ending before its finalizers are taken off',
  },
  ownerKinds: {
    key: 'ownerKinds',
    schema: z.array(ownerKind),
    default: ownerKinds,
    usual: 'StatefulSet, KubeVirt virtual machines, ReplicaSet, Deployment, DaemonSet, Job',
    help: 'what makes Pods, and whether their names come again; a list takes the place of the usual one',
  },
  bareMs: {
    key: 'barePodGrace',
    schema: duration,
    default: '5m',
    help: 'how long an address waits for a Pod that nobody makes to be made again',
  },
  resyncMs: {
    key: 'resync.interval',
    schema: duration,
    default: '30s',
    help: 'between two looks at everything',
  },
  kubeconfig: {
    key: 'kubeconfig',
    flag: 'kubeconfig',
    argument: '<file>',
    environment: 'KUBECONFIG',
    schema: path,
    usual: 'the service account of the Pod',
    help: 'how to reach the Kubernetes API',
  },
  httpAddr: {
    key: 'http.bindAddr',
    flag: 'metrics-addr',
    argument: '<host:port>',
    schema: listenAddress,
    default: '0.0.0.0:2114',
    help: 'health and metrics; "" turns it off',
  },
  logLevel: {
    key: 'logging.level',
    flag: 'logLevel',
    argument: '<n>',
    fromFlag: numberOf,
    schema: z
      .int()
      .min(0)
      .max(6)
      .transform((level) => levels[level] ?? 'info'),
    default: 4,
    help: '0 to 6: 2 tells errors, 3 warnings, 4 what is done, 5 and 6 more',
  },
  logFormat: {
    key: 'logging.format',
    flag: 'log-format',
    argument: '<format>',
    schema: logFormat,
    default: 'json',
    help: 'json or text',
  },
});
