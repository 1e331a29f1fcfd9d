import { controllerSettings } from '../../src/config/controller-settings.ts';
import { daemonSettings } from '../../src/config/daemon-settings.ts';
import { specSchema } from './crd-schema.ts';
import {
  affinity,
  environment,
  flag,
  hostPath,
  type JsonSchema,
  list,
  mapOf,
  object,
  oneOf,
  port,
  resources,
  text,
  textMap,
  tolerations,
} from './json-schema.ts';
import { settingsSchema } from './settings-schema.ts';

/** One value of the chart: `values.yaml`, its schema and the table of docs/helm.md are made of these. */
export interface ChartValue {
  /** Place in `values.yaml`: `controller.replicas`. */
  readonly path: string;
  readonly schema: JsonSchema;
  /** Absent: what the manifest has at the place where the value goes (`places.ts`). */
  readonly default?: unknown;
  /** A sentence or two, in Markdown. */
  readonly help: string;
}

const workload = (name: string, program: string): readonly ChartValue[] => [
  { path: `${name}.resources`, schema: resources, help: 'Requests and limits.' },
  { path: `${name}.nodeSelector`, schema: textMap, default: {}, help: 'Labels of the nodes that it may be on.' },
  { path: `${name}.tolerations`, schema: tolerations, help: 'Taints of nodes that it may be on.' },
  { path: `${name}.priorityClassName`, schema: text, help: 'Its priority among Pods.' },
  { path: `${name}.podAnnotations`, schema: textMap, default: {}, help: 'More annotations of its Pods.' },
  { path: `${name}.podLabels`, schema: textMap, default: {}, help: 'More labels of its Pods.' },
  {
    path: `${name}.env`,
    schema: environment,
    default: [],
    help: 'More variables of its environment, as a container has them.',
  },
  {
    path: `${name}.ports.metrics`,
    schema: port,
    help: 'Port of the node for health and [metrics](metrics.md).',
  },
  {
    path: `${name}.config`,
    schema: settingsSchema(name === 'daemon' ? daemonSettings : controllerSettings),
    default: {},
    help: `What the configuration file of [${program}](${name}.md) says: \`config.logging.level\` and every other key. What the chart passes by flags wins.`,
  },
];

export const chartValues: readonly ChartValue[] = [
  {
    path: 'image.registry',
    schema: text,
    default: '',
    help: 'Where the image is: `registry.example.org`. Empty: where the nodes look by themselves.',
  },
  { path: 'image.repository', schema: { type: 'string', minLength: 1 }, default: 'berth', help: 'Its name there.' },
  { path: 'image.tag', schema: text, default: '', help: 'Its version. Empty: that of the chart.' },
  {
    path: 'image.digest',
    schema: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
    default: '',
    help: 'The very image: `sha256:…`. It counts before the tag.',
  },
  { path: 'image.pullPolicy', schema: oneOf('Always', 'IfNotPresent', 'Never'), help: 'When nodes fetch it.' },
  {
    path: 'image.pullSecrets',
    schema: list(object({ name: { type: 'string', minLength: 1 } }, ['name'])),
    default: [],
    help: 'Secrets of the namespace that let nodes fetch it: `[{name: registry}]`.',
  },
  {
    path: 'engine',
    schema: oneOf('kubernetes', 'etcd'),
    default: 'kubernetes',
    help: 'Where state is: in the API server, or in an [etcd](etcd.md) of your own. With `etcd` there are daemons only: no definitions, no controller, no webhook.',
  },
  {
    path: 'etcd.endpoints',
    schema: list({ type: 'string', minLength: 1 }),
    default: [],
    help: 'Members of that etcd: `https://etcd-1:2379`.',
  },
  { path: 'etcd.prefix', schema: text, default: '', help: 'What its keys begin with. Empty: `/berth/v1`.' },
  {
    path: 'etcd.secretName',
    schema: text,
    default: '',
    help: 'Secret with `ca.crt`, `tls.crt` and `tls.key`, for etcd over TLS.',
  },
  {
    path: 'etcd.authorityOnly',
    schema: flag,
    default: false,
    help: 'etcd does not ask who calls: only `ca.crt` of that Secret counts.',
  },
  {
    path: 'etcd.kubeconfigSecretName',
    schema: text,
    default: '',
    help: 'Secret with a `kubeconfig`, by which daemons learn of Pods ([rights](kube-ipam.md)). Empty: annotations of Pods count for nothing.',
  },
  {
    path: 'crds.install',
    schema: flag,
    default: true,
    help: 'The CustomResourceDefinitions are of this release, and change with it.',
  },
  {
    path: 'crds.keep',
    schema: flag,
    default: true,
    help: '`helm uninstall` leaves them, with all that is stored under them. `false`: pools, claims and what they say are lost with the release.',
  },
  {
    path: 'pools',
    schema: mapOf(specSchema('pool')),
    default: {},
    help: 'SpiderIPPools by their names: `{blue: {subnet: 10.6.0.0/24, ips: [10.6.0.10-10.6.0.99]}}`. Made and changed after each install and upgrade; what is not named any more stays.',
  },
  { path: 'subnets', schema: mapOf(specSchema('subnet')), default: {}, help: 'SpiderSubnets, likewise.' },
  { path: 'reservedIPs', schema: mapOf(specSchema('reservedip')), default: {}, help: 'SpiderReservedIPs, likewise.' },
  {
    path: 'controller.replicas',
    schema: { type: 'integer', minimum: 0 },
    help: 'One leads, all serve the webhook. Each has a node of its own.',
  },
  { path: 'controller.affinity', schema: affinity, help: 'On which nodes, and beside which Pods.' },
  ...workload('controller', 'ipam-controller'),
  {
    path: 'controller.disruptionBudget',
    schema: flag,
    default: false,
    help: 'Drains leave one controller. From Kubernetes 1.21 on.',
  },
  { path: 'webhook.port', schema: port, help: "Port of the controllers' nodes for the admission webhook." },
  {
    path: 'webhook.pods',
    schema: flag,
    default: false,
    help: 'Pods are refused at once that fix an address which they cannot have ([which](pools.md#addresses-that-a-pod-asks-for)). From Kubernetes 1.28 on.',
  },
  {
    path: 'webhook.tls.source',
    schema: oneOf('own', 'provided', 'cert-manager'),
    default: 'own',
    help: 'Whose its certificate is: `own`: the controllers make and renew it; `provided`: `secretName`, or the three texts below; `cert-manager`: a Certificate of cert-manager.io/v1.',
  },
  {
    path: 'webhook.tls.secretName',
    schema: text,
    default: '',
    help: 'Secret with `tls.crt`, `tls.key` and `ca.crt`. Read again when it changes.',
  },
  {
    path: 'webhook.tls.certificate',
    schema: text,
    default: '',
    help: 'With `provided` and no `secretName`: the certificate, in PEM.',
  },
  { path: 'webhook.tls.key', schema: text, default: '', help: 'Its key.' },
  { path: 'webhook.tls.ca', schema: text, default: '', help: 'Its authority.' },
  {
    path: 'webhook.tls.issuer',
    schema: object({ name: { type: 'string', minLength: 1 }, kind: text, group: text }),
    default: {},
    help: 'With `cert-manager`: `issuerRef` of the Certificate. Empty: an Issuer of this release, which signs by itself.',
  },
  {
    path: 'webhook.tls.duration',
    schema: { type: 'string', pattern: '^[0-9]+h$' },
    default: '2160h',
    help: 'With `cert-manager`: how long a certificate is valid.',
  },
  ...workload('daemon', 'ipam-daemon'),
  { path: 'daemon.affinity', schema: affinity, default: {}, help: 'On which nodes.' },
  {
    path: 'daemon.updateStrategy',
    schema: { type: 'object' },
    help: 'How many nodes are without a daemon at once while it is changed.',
  },
  {
    path: 'daemon.cniBinDir',
    schema: hostPath,
    help: 'Folder of the node where its runtime looks for CNI executables.',
  },
  { path: 'daemon.dataDir', schema: hostPath, help: 'Folder of the node for what its daemon knows.' },
  {
    path: 'daemon.grpc',
    schema: flag,
    default: true,
    help: 'gRPC over TCP, for other daemons and for people with certificates.',
  },
  { path: 'daemon.ports.grpc', schema: port, help: 'Its port on the nodes.' },
  {
    path: 'daemon.tls.issuer',
    schema: oneOf('kubernetes', 'files'),
    default: 'kubernetes',
    help: 'Who makes its certificate: the controller, or you, in `pki` of `daemon.dataDir` on each node.',
  },
  {
    path: 'daemon.entersNetworkNamespaces',
    schema: flag,
    default: false,
    help: 'Gives the daemon the capabilities that it needs to [look for conflicts](conflicts.md) (SYS_ADMIN, NET_ADMIN, NET_RAW). It has them also where `daemon.config.conflicts` asks for it.',
  },
  {
    path: 'nodePolicy',
    schema: flag,
    default: false,
    help: "Refuses a daemon's token the claims, blocks and histories of other nodes ([what changes](kubernetes.md#what-is-installed)). From Kubernetes 1.32 on.",
  },
  {
    path: 'monitoring.podMonitors',
    schema: flag,
    default: false,
    help: 'PodMonitors of monitoring.coreos.com/v1, for the Prometheus operator ([monitoring](monitoring.md)).',
  },
  {
    path: 'monitoring.interval',
    schema: { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' },
    default: '30s',
    help: 'How often Prometheus asks.',
  },
  {
    path: 'monitoring.rules',
    schema: flag,
    default: false,
    help: 'A PrometheusRule with all recordings and [alerts](runbooks.md).',
  },
  {
    path: 'monitoring.dashboards',
    schema: flag,
    default: false,
    help: 'A ConfigMap with the dashboards, for a Grafana that looks for the label `grafana_dashboard`.',
  },
  {
    path: 'monitoring.labels',
    schema: textMap,
    default: {},
    help: 'More labels of these objects: by some of them a Prometheus operator chooses.',
  },
];
