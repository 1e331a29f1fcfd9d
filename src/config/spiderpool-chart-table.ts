import { levelOf, refusing } from './spiderpool-values.ts';

/** What becomes of a value of Spiderpool's chart. */
export type Row =
  /** Places in the values of ours, all of which get it. */
  | { readonly to: readonly string[]; readonly value?: (said: unknown) => unknown }
  /** It is translated together with others. */
  | { readonly together: string }
  /** It has no counterpart, and why; `usual`: what it says where nobody has changed it. */
  | { readonly why: string; readonly usual?: unknown };

const both = (setting: string): readonly string[] => [`daemon.config.${setting}`, `controller.config.${setting}`];
const seconds = (said: unknown): unknown => `${said}s`;

const ownNames = 'names of objects are fixed here';
const ownImage = 'it is of an image of Spiderpool: that of Berth is image.repository, image.tag or image.digest';
const ownFlags = 'flags of Spiderpool mean nothing here: what there is to be set is in config';
const ownFiles = 'the programs read no other files than the chart gives them';
const ownProbes = 'the manifests say how it is probed';
const ownMetrics = 'metrics are at the port for health, and all there is';
const ownPlace = 'what is made for Prometheus is in the namespace of the release, without annotations';
const noOperator = 'the dashboards are a ConfigMap, which a Grafana finds by the label grafana_dashboard';
const rules = [
  'IPAMAllocationFailure',
  'IPAMAllocationOverTime',
  'IPAMHighAllocationDurations',
  'IPAMReleaseFailure',
  'IPAMReleaseOverTime',
  'IPGCFailureCounts',
];
const noService = 'nothing calls it by a Service';
const noInterfaces = 'Berth gives addresses, and sets up no interfaces or routes';
const noCertificate = 'the webhook is asked by its Service only';

/** What both of Spiderpool's programs say of their Pods. */
const workload = (theirs: string, ours: string, name: string): Readonly<Record<string, Row>> => ({
  [`${theirs}.name`]: { why: ownNames, usual: name },
  [`${theirs}.binName`]: { why: ownFlags, usual: `/usr/bin/${name}` },
  ...Object.fromEntries(
    ['nodeSelector', 'tolerations', 'affinity', 'priorityClassName', 'podAnnotations', 'podLabels', 'resources'].map(
      (key): [string, Row] => [`${theirs}.${key}`, { to: [`${ours}.${key}`] }],
    ),
  ),
  [`${theirs}.image.registry`]: { why: ownImage, usual: 'ghcr.io' },
  [`${theirs}.image.repository`]: { why: ownImage, usual: `spidernet-io/spiderpool/${name}` },
  [`${theirs}.image.digest`]: { why: ownImage },
  [`${theirs}.image.tag`]: { why: ownImage },
  [`${theirs}.image.pullPolicy`]: { to: ['image.pullPolicy'] },
  [`${theirs}.image.imagePullSecrets`]: { to: ['image.pullSecrets'] },
  [`${theirs}.serviceAccount`]: {
    why: 'service accounts are of the chart, and have no annotations',
    usual: { create: true, annotations: {} },
  },
  [`${theirs}.service`]: { why: noService, usual: { annotations: {}, type: 'ClusterIP' } },
  [`${theirs}.extraArgs`]: { why: ownFlags },
  [`${theirs}.extraEnv`]: { to: [`${ours}.env`] },
  [`${theirs}.extraVolumes`]: { why: ownFiles },
  [`${theirs}.extraVolumeMounts`]: { why: ownFiles },
  [`${theirs}.securityContext`]: { why: 'what the programs need is in the manifests' },
  [`${theirs}.httpPort`]: { to: [`${ours}.ports.metrics`], value: Number },
  [`${theirs}.healthChecking`]: { why: ownProbes },
  [`${theirs}.prometheus.enabled`]: { why: ownMetrics, usual: true },
  [`${theirs}.prometheus.enabledDebugMetric`]: { why: ownMetrics },
  [`${theirs}.prometheus.enabledRdmaMetric`]: { why: ownMetrics },
  [`${theirs}.prometheus.port`]: { why: ownMetrics, usual: name === 'spiderpool-agent' ? 5711 : 5721 },
  [`${theirs}.prometheus.serviceMonitor.install`]: { to: ['monitoring.podMonitors'] },
  [`${theirs}.prometheus.serviceMonitor.interval`]: {
    why: 'monitoring.interval is one for all',
    usual: name === 'spiderpool-agent' ? '5s' : '10s',
  },
  [`${theirs}.prometheus.serviceMonitor.labels`]: { to: ['monitoring.labels'] },
  [`${theirs}.prometheus.serviceMonitor.namespace`]: { why: ownPlace },
  [`${theirs}.prometheus.serviceMonitor.annotations`]: { why: ownPlace },
  [`${theirs}.prometheus.prometheusRule.install`]: { to: ['monitoring.rules'] },
  [`${theirs}.prometheus.prometheusRule.namespace`]: { why: ownPlace },
  [`${theirs}.prometheus.prometheusRule.annotations`]: { why: ownPlace },
  [`${theirs}.prometheus.prometheusRule.labels`]: { to: ['monitoring.labels'] },
  ...Object.fromEntries(
    rules.map((rule): [string, Row] => [
      `${theirs}.prometheus.prometheusRule.enableWarning${rule}`,
      { why: 'the rules are others: docs/runbooks.md', usual: true },
    ]),
  ),
  [`${theirs}.debug.logLevel`]: { to: [`${ours}.config.logging.level`], value: levelOf },
  [`${theirs}.debug.gopsPort`]: { why: 'gops is of programs in Go', usual: name === 'spiderpool-agent' ? 5712 : 5724 },
});

const defaultPool = Object.fromEntries(
  ['installIPv?IPPool', 'ipv?IPPoolName', 'ipv?SubnetName', 'ipv?Subnet', 'ipv?IPRanges', 'ipv?Gateway'].flatMap(
    (name) =>
      ['4', '6'].map((family): [string, Row] => [
        `clusterDefaultPool.${name.replace('?', family)}`,
        { together: 'pools and subnets' },
      ]),
  ),
);

/** By places in the values of Spiderpool's chart; a place within one that is here is of that one. */
export const spiderpoolValues: Readonly<Record<string, Row>> = {
  'global.imageRegistryOverride': { to: ['image.registry'] },
  'global.nameOverride': { why: ownNames },
  'global.clusterDnsDomain': { why: noCertificate, usual: 'cluster.local' },
  'global.commonAnnotations': { why: 'only Pods have some of yours: podAnnotations' },
  'global.commonLabels': { why: 'only Pods have some of yours: podLabels' },
  'global.cniBinHostPath': { to: ['daemon.cniBinDir'] },
  'global.cniConfHostPath': { why: 'no network configuration is written here', usual: '/etc/cni/net.d' },
  'global.ipamUNIXSocketHostPath': {
    why: 'the socket is /run/ipam/ipam.sock: leave ipam_unix_socket_path out of your network configurations',
    usual: '/var/run/spidernet/spiderpool.sock',
  },
  'global.configName': { why: 'settings are in daemon.config and controller.config', usual: 'spiderpool-conf' },
  'global.ciliumConfigMap': { why: noInterfaces, usual: 'kube-system/cilium-config' },

  'ipam.enableIPv4': { together: 'controller.config.webhook.families' },
  'ipam.enableIPv6': { together: 'controller.config.webhook.families' },
  'ipam.enableStatefulSet': { to: both('enableStatefulSet') },
  'ipam.enableKubevirtStaticIP': { to: both('enableKubevirtStaticIP') },
  'ipam.enableIPConflictDetection': { to: ['daemon.config.conflicts.detection'], value: refusing },
  'ipam.enableGatewayDetection': { to: ['daemon.config.conflicts.gateway'], value: refusing },
  'ipam.enableCleanOutdatedEndpoint': { why: 'an endpoint here is there as long as its Pod has addresses' },
  'ipam.spiderSubnet.enable': { together: 'controller.config.enableAutoPoolForApplication' },
  'ipam.spiderSubnet.autoPool.enable': { together: 'controller.config.enableAutoPoolForApplication' },
  'ipam.spiderSubnet.autoPool.defaultRedundantIPNumber': {
    to: ['controller.config.clusterSubnetDefaultFlexibleIPNumber'],
  },
  'ipam.gc.enabled': { to: both('reclaim.enabled') },
  'ipam.gc.gcAll.intervalInSecond': { to: ['controller.config.resync.interval'], value: seconds },
  'ipam.gc.statelessPod.zombieOnReadyNode': { to: ['daemon.config.reclaim.terminatingOnReadyNode'] },
  'ipam.gc.statelessPod.zombieOnNotReadyNode': { to: ['controller.config.reclaim.terminatingOnNotReadyNode'] },
  'ipam.gc.statelessPod.enableGcRunningPodOnEmptyPodStatusIPs': { why: 'a Pod that runs keeps its addresses' },
  'ipam.gc.gcDeletingTimeOutPodDelay': { to: both('reclaim.terminatingDelay'), value: seconds },
  ...defaultPool,

  ...workload('spiderpoolAgent', 'daemon', 'spiderpool-agent'),
  'spiderpoolAgent.updateStrategy': { to: ['daemon.updateStrategy'] },
  'spiderpoolAgent.tuneSysctlConfig': { why: noInterfaces },
  'spiderpoolAgent.networkResourcePlugin': { why: 'no resources of nodes are advertised here' },

  ...workload('spiderpoolController', 'controller', 'spiderpool-controller'),
  'spiderpoolController.replicas': { to: ['controller.replicas'] },
  'spiderpoolController.hostnetwork': { why: 'controllers are in the network of their nodes', usual: true },
  'spiderpoolController.podDisruptionBudget.enabled': { to: ['controller.disruptionBudget'] },
  'spiderpoolController.podDisruptionBudget.minAvailable': { why: 'drains take one controller at a time', usual: 1 },
  'spiderpoolController.webhookPort': { to: ['webhook.port'], value: Number },
  'spiderpoolController.enableValidatingResourcesDeletedWebhook': {
    why: 'pools and subnets that are deleted stay until nothing of them is in use',
  },
  'spiderpoolController.podResourceInject': { why: 'Pods are not changed here' },
  'spiderpoolController.tls.method': { together: 'webhook.tls' },
  'spiderpoolController.tls.secretName': { together: 'webhook.tls' },
  'spiderpoolController.tls.provided': { together: 'webhook.tls' },
  'spiderpoolController.tls.certmanager.issuerName': { together: 'webhook.tls' },
  'spiderpoolController.tls.certmanager.certValidityDuration': { together: 'webhook.tls' },
  'spiderpoolController.tls.certmanager.extraDnsNames': { why: noCertificate },
  'spiderpoolController.tls.certmanager.extraIPAddresses': { why: noCertificate },
  'spiderpoolController.tls.auto.caExpiration': { why: 'the controllers renew what they make', usual: '73000' },
  'spiderpoolController.tls.auto.certExpiration': { why: 'the controllers renew what they make', usual: '73000' },
  'spiderpoolController.tls.auto.extraDnsNames': { why: noCertificate },
  'spiderpoolController.tls.auto.extraIpAddresses': { why: noCertificate },
  'spiderpoolController.cleanup': { why: 'what is done before an uninstall: docs/helm.md', usual: { enable: true } },

  spiderpoolInit: { why: 'pools are made by a Job of the chart' },
  'grafanaDashboard.install': { to: ['monitoring.dashboards'] },
  'grafanaDashboard.labels': { to: ['monitoring.labels'] },
  'grafanaDashboard.namespace': { why: ownPlace },
  'grafanaDashboard.annotations': { why: ownPlace },
  'grafanaDashboard.allowCrossNamespaceImport': { why: noOperator, usual: true },
  'grafanaDashboard.instanceSelector': { why: noOperator, usual: { matchLabels: null } },
  coordinator: { why: noInterfaces },
  multus: { why: 'Multus is not of this chart: install it by itself, and write NetworkAttachmentDefinitions' },
  plugins: { why: 'plugins of others are not of this chart: install them by themselves' },
  rdma: { why: 'plugins of others are not of this chart: install them by themselves' },
  sriov: { why: 'plugins of others are not of this chart: install them by themselves' },
  iaasNetworkProvider: {
    why: 'no network of a cloud is asked here',
    usual: { serverUrl: '', httpRequestTimeout: '50s' },
  },
};
