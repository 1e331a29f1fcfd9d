/** What tells a process who it is: known here by other ways, or by nobody needed. */
export const namesOfProcess: ReadonlySet<string> = new Set([
  'SPIDERPOOL_POD_NAME',
  'SPIDERPOOL_CONTROLLER_DEPLOYMENT_NAME',
]);

const noneNeeded = 'nothing here has such a limit';
const noCoordinator = 'Berth gives addresses, and sets up no interfaces or routes of the host';
const ownMetrics = 'metrics are at http.bindAddr, and all there is';

/** What Spiderpool has and nothing here reads, and why. Where it is turned off, nothing is said. */
export const undoneNames: Readonly<Record<string, string>> = {
  enableCleanOutdatedEndpoint: 'an endpoint here is there as long as its Pod has addresses',
  enableValidatingResourcesDeletedWebhook: 'pools and subnets that are deleted stay until nothing of them is in use',
  clusterDefaultIPv4IPPool: 'set spec.default of these pools',
  clusterDefaultIPv6IPPool: 'set spec.default of these pools',
  clusterDefaultIPv4Subnet: 'name a SpiderSubnet in the annotation ipam.spidernet.io/subnet',
  clusterDefaultIPv6Subnet: 'name a SpiderSubnet in the annotation ipam.spidernet.io/subnet',
  networkMode: 'the CNI configuration says what a network is',
  tuneSysctlConfig: noCoordinator,
  podResourceInject: 'Pods are not changed here',
  iaasNetworkProvider: 'no network of a cloud is asked here',
  agent: 'no resources of nodes are advertised here',
  SPIDERPOOL_ENABLED_METRIC: ownMetrics,
  SPIDERPOOL_ENABLED_RDMA_METRIC: ownMetrics,
  SPIDERPOOL_ENABLED_DEBUG_METRIC: ownMetrics,
  SPIDERPOOL_METRIC_RENEW_PERIOD: ownMetrics,
  SPIDERPOOL_METRIC_HTTP_PORT: 'metrics and health are at one address: SPIDERPOOL_HEALTH_PORT, or http.bindAddr',
  SPIDERPOOL_GOPS_LISTEN_PORT: 'gops is of programs in Go',
  SPIDERPOOL_PYROSCOPE_PUSH_SERVER_ADDRESS: 'nothing is pushed to Pyroscope here',
  SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS:
    'conflicts.quarantine of the daemon says how long an address is withheld that is found in use',
  SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS: noneNeeded,
  SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS: noneNeeded,
  SPIDERPOOL_UPDATE_CR_MAX_RETRIES: noneNeeded,
  SPIDERPOOL_WAIT_SUBNET_POOL_TIME_IN_SECOND:
    'an ADD is refused while its pool is being made, and the runtime comes again',
  SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES:
    'an ADD is refused while its pool is being made, and the runtime comes again',
  SPIDERPOOL_GC_ENABLE_STATELESS_RUNNING_POD_ON_EMPTY_POD_STATUS_IPS: 'a Pod that runs keeps its addresses',
  SPIDERPOOL_GC_IP_WORKER_NUM: noneNeeded,
  SPIDERPOOL_GC_CHANNEL_BUFFER: noneNeeded,
  SPIDERPOOL_GC_MAX_PODENTRY_DB_CAP: noneNeeded,
  SPIDERPOOL_GC_TRACE_POD_GAP_DURATION: noneNeeded,
  SPIDERPOOL_GC_SIGNAL_TIMEOUT_DURATION: noneNeeded,
  SPIDERPOOL_GC_HTTP_REQUEST_TIME_GAP: noneNeeded,
  SPIDERPOOL_GC_PODENTRY_MAX_RETRIES: noneNeeded,
  SPIDERPOOL_LEADER_RETRY_GAP: 'leaderElection.retryPeriod says all of it',
  SPIDERPOOL_SUBNET_INFORMER_RESYNC_PERIOD: 'resync.interval is of all kinds',
  SPIDERPOOL_IPPOOL_INFORMER_RESYNC_PERIOD: 'resync.interval is of all kinds',
  SPIDERPOOL_SUBNET_INFORMER_WORKERS: noneNeeded,
  SPIDERPOOL_SUBNET_INFORMER_MAX_WORKQUEUE_LENGTH: noneNeeded,
  SPIDERPOOL_SUBNET_APPLICATION_CONTROLLER_WORKERS: noneNeeded,
  SPIDERPOOL_IPPOOL_INFORMER_WORKERS: noneNeeded,
  SPIDERPOOL_AUTO_IPPOOL_HANDLER_MAX_WORKQUEUE_LENGTH: noneNeeded,
  SPIDERPOOL_WORKQUEUE_MAX_RETRIES: noneNeeded,
  SPIDERPOOL_WORKQUEUE_RETRY_DELAY_DURATION: noneNeeded,
  SPIDERPOOL_COORDINATOR_ENABLED: noCoordinator,
  SPIDERPOOL_COORDINATOR_DEAFULT_NAME: noCoordinator,
  SPIDERPOOL_COORDINATOR_INFORMER_RESYNC_PERIOD: noCoordinator,
  SPIDERPOOL_MULTUS_CONFIG_ENABLED: 'there are no SpiderMultusConfigs here: write NetworkAttachmentDefinitions',
  SPIDERPOOL_MULTUS_CONFIG_INFORMER_RESYNC_PERIOD: 'there are no SpiderMultusConfigs here',
  SPIDERPOOL_CNI_CONFIG_DIR: 'install-cni puts executables only, and cni.confDir of the daemon is read',
  SPIDERPOOL_CILIUM_CONFIGMAP_NAMESPACE_NAME: noCoordinator,
};
