import { z } from 'zod';
import { scaleDownPolicies } from '../ipam/bind/scale-down.ts';
import { duration, listenAddress, path } from './config-values.ts';
import { logSettings } from './log-settings.ts';
import { settings } from './setting.ts';
import { spiderpoolSettings } from './spiderpool.ts';
import { allOn, familiesOf, onPort, secondsOf } from './spiderpool-values.ts';

const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "." only, at most 253');

const list = z.array(z.string().min(1));
const withCommas = (text: string): unknown => text.split(',');

/** Every setting of ipam-controller, in the order in which they are shown. */
export const controllerSettings = settings({
  kubeconfig: {
    key: 'kubeconfig',
    flag: 'kubeconfig',
    argument: '<file>',
    schema: path,
    usual: 'the service account of the Pod',
    help: 'how to reach the Kubernetes API',
  },
  namespace: {
    key: 'namespace',
    flag: 'namespace',
    argument: '<name>',
    schema: objectName,
    usual: "the Pod's own, or berth-system",
    help: 'where the lease is kept',
    more: "And the certificates' Secret, and the webhook's ConfigMap.",
    spiderpool: { names: ['SPIDERPOOL_POD_NAMESPACE'] },
  },
  leaseName: {
    key: 'leaderElection.leaseName',
    flag: 'lease-name',
    argument: '<name>',
    schema: objectName,
    default: 'ipam-controller',
    help: 'name of the Lease that replicas compete for',
    more: 'The role names it, too.',
  },
  leaseMs: {
    key: 'leaderElection.leaseDuration',
    flag: 'lease-duration',
    argument: '<time>',
    schema: duration,
    default: '15s',
    help: 'how long others wait for a silent leader',
    spiderpool: { names: ['SPIDERPOOL_LEADER_DURATION'], value: secondsOf },
  },
  renewMs: {
    key: 'leaderElection.renewDeadline',
    flag: 'renew-deadline',
    argument: '<time>',
    schema: duration,
    default: '10s',
    help: 'how long a leader goes on without having renewed',
    spiderpool: { names: ['SPIDERPOOL_LEADER_RENEW_DEADLINE'], value: secondsOf },
  },
  retryMs: {
    key: 'leaderElection.retryPeriod',
    flag: 'retry-period',
    argument: '<time>',
    schema: duration,
    default: '2s',
    help: 'between two attempts to take or renew the lease',
    spiderpool: { names: ['SPIDERPOOL_LEADER_RETRY_PERIOD'], value: secondsOf },
  },
  resyncMs: {
    key: 'resync.interval',
    flag: 'resync-interval',
    argument: '<time>',
    schema: duration,
    default: '10m',
    help: 'between two looks at everything',
    spiderpool: { names: ['SPIDERPOOL_GC_DEFAULT_INTERVAL_DURATION'], value: secondsOf },
  },
  lostNodesMs: {
    key: 'resync.lostNodesInterval',
    flag: 'lost-nodes-interval',
    argument: '<time>',
    schema: duration,
    default: '1m',
    help: 'between two looks for what lost nodes left',
  },
  scaleDownGraceMs: {
    key: 'resync.scaleDownGrace',
    schema: duration,
    default: '30s',
    help: 'how long an address stays after its owner is gone, does not ask for it any more, or, a StatefulSet, has fewer replicas',
    more: '[Addresses that stay](kubernetes.md#addresses-that-stay).',
  },
  whenScaled: {
    key: 'resync.whenScaled',
    schema: z.enum(scaleDownPolicies),
    default: 'Delete',
    help: 'Retain: a StatefulSet that is scaled down keeps the addresses of the Pods that are gone',
    more: 'One that says it itself, by the annotation `berth.network/addresses-when-scaled`, goes by that.',
  },
  enableStatefulSet: {
    key: 'enableStatefulSet',
    schema: z.boolean(),
    default: true,
    help: 'false: addresses of StatefulSets do not stay, and what is kept is freed',
    more: "It is Spiderpool's name.",
    spiderpool: { names: ['enableStatefulSet'] },
  },
  enableKubevirtStaticIP: {
    key: 'enableKubevirtStaticIP',
    schema: z.boolean(),
    default: true,
    help: 'the same of KubeVirt virtual machines',
    more: "It is Spiderpool's name.",
    spiderpool: { names: ['enableKubevirtStaticIP'] },
  },
  ...spiderpoolSettings,
  enableAutoPools: {
    key: 'enableAutoPoolForApplication',
    schema: z.boolean(),
    default: true,
    help: 'false: no pools are made for applications that ask for some of a SpiderSubnet',
    more: "It is Spiderpool's name. [Automatic pools](pools.md#automatic-pools).",
    spiderpool: { names: ['enableAutoPoolForApplication', 'enableSpiderSubnet'], value: allOn },
  },
  flexibleCount: {
    key: 'clusterSubnetDefaultFlexibleIPNumber',
    schema: z.int().min(0).max(65_536),
    default: 1,
    help: "addresses that an application's pool has beyond its Pods, where it does not say",
    more: "It is Spiderpool's name; the annotation is `ipam.spidernet.io/ippool-ip-number`.",
    spiderpool: {
      names: ['clusterSubnetDefaultFlexibleIPNumber', 'clusterSubnetAutoPoolDefaultRedundantIPNumber'],
    },
  },
  drainMs: {
    key: 'resync.drain',
    schema: duration,
    default: '0s',
    help: 'how long a pool that is being deleted stays besides',
    more: '`5s` while daemons are older than this.',
  },
  publishesOccupancy: {
    key: 'occupancy.publish',
    schema: z.boolean(),
    default: false,
    help: 'publish which addresses of shared pools are taken, for daemons that do not watch all claims',
    more: '[Large clusters](kubernetes.md#large-clusters).',
  },
  webhookAddr: {
    key: 'webhook.bindAddr',
    flag: 'webhook-addr',
    argument: '<host:port>',
    schema: listenAddress,
    default: '0.0.0.0:9443',
    help: 'the admission webhook; "" turns it off',
    spiderpool: { names: ['SPIDERPOOL_WEBHOOK_PORT'], value: onPort },
  },
  webhookCertDir: {
    key: 'webhook.certDir',
    flag: 'webhook-cert-dir',
    argument: '<dir>',
    schema: path,
    usual: 'made and kept in a Secret',
    help: 'tls.crt, tls.key and ca.crt of the webhook',
  },
  families: {
    key: 'webhook.families',
    schema: z.array(z.union([z.literal(4), z.literal(6)], '4 or 6')).min(1),
    default: [4, 6],
    help: 'IP families that pools, subnets and reservations may be of',
    more: "Spiderpool's `enableIPv4`, `enableIPv6`.",
    spiderpool: { names: ['enableIPv4', 'enableIPv6'], value: familiesOf },
  },
  webhookHosts: {
    key: 'webhook.hosts',
    flag: 'webhook-hosts',
    argument: '<names>',
    schema: list,
    fromFlag: withCommas,
    usual: 'its Service',
    help: 'what API servers reach the webhook by, comma-separated',
    more: 'These are the names in the certificate that replicas make.',
  },
  webhookClientCA: {
    key: 'webhook.clientCA',
    flag: 'webhook-client-ca',
    argument: '<file>',
    schema: path,
    help: 'only callers with a certificate of this authority may ask the webhook',
    more: 'Of the certificates that API servers show to webhooks; without, anybody who reaches the port may ask ([decision 14](decisions/0014-admission-webhook.md)).',
  },
  webhookClientNames: {
    key: 'webhook.clientNames',
    flag: 'webhook-client-names',
    argument: '<names>',
    schema: list,
    fromFlag: withCommas,
    default: [],
    usual: 'any',
    help: 'and of these common names, comma-separated',
  },
  httpAddr: {
    key: 'http.bindAddr',
    flag: 'metrics-addr',
    argument: '<host:port>',
    schema: listenAddress,
    default: '0.0.0.0:2113',
    help: 'health and metrics; "" turns it off',
    spiderpool: { names: ['SPIDERPOOL_HEALTH_PORT'], value: onPort },
    more: '`/healthz`, `/readyz`, `/metrics`.',
  },
  ...logSettings,
  logLevel: { ...logSettings.logLevel, more: 'As of the [daemon](daemon.md#log).' },
});
