import { z } from 'zod';
import { AddressError } from '../ip/errors.ts';
import { type Prefix, parsePrefix } from '../ip/prefix.ts';
import { whyUnassignable } from '../ip/unassignable.ts';
import { defaultReclaimPolicy } from '../ipam/reclaim/policy.ts';
import { detections, largestQuota } from '../resources/pool.ts';
import { placeId } from '../resources/topology/schema.ts';
import {
  duration,
  durationText,
  hostPort,
  labelName,
  listenAddress,
  nodeName,
  objectPlace,
  path,
} from './config-values.ts';
import { etcdSettings } from './etcd-config.ts';
import { historySettings } from './history-config.ts';
import { logSettings } from './log-settings.ts';
import { memberSettings } from './members-config.ts';
import { daemonReclaimSettings } from './reclaim-settings.ts';
import { routingSettings } from './routing-config.ts';
import { limitSettings, socketSettings, tlsSettings } from './security-config.ts';
import { numberOf, settings } from './setting.ts';
import { spiderpoolSettings } from './spiderpool-settings.ts';
import { onPort, refusing } from './spiderpool-values.ts';

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

/** Every setting of ipam-daemon, in the order in which they are shown. */
export const daemonSettings = settings({
  node: {
    key: 'raft.nodeID',
    flag: 'node-id',
    argument: '<name>',
    schema: nodeName,
    usual: 'the host name',
    help: 'name of this node',
    spiderpool: { names: ['SPIDERPOOL_NODE_NAME'] },
  },
  tor: {
    key: 'node.torId',
    alias: 'node.tor_id',
    flag: 'tor-id',
    argument: '<id>',
    schema: placeId,
    usual: 'what is heard on its links, its label or its IPAMNode object says',
    help: 'the top-of-rack switch that this node is connected to',
    more: 'Pools of its [place in the network](topology.md#which-rack-a-node-is-in) are for it.',
  },
  lldpFile: {
    key: 'node.lldpFile',
    flag: 'lldp-file',
    argument: '<path>',
    schema: path,
    help: "what lldpctl -f json0 printed: the first neighbour that is a TOR of the topology is the node's",
    more: 'Read again every ten minutes ([why](topology.md#which-rack-a-node-is-in)).',
  },
  torLabel: {
    key: 'node.torLabel',
    flag: 'tor-label',
    argument: '<label>',
    schema: labelName,
    help: 'the label of the Kubernetes node that names its top-of-rack switch, like topology.kubernetes.io/rack',
  },
  clusterCidrs: {
    key: 'cluster.cidr',
    flag: 'cluster-cidr',
    argument: '<cidrs>',
    schema: clusterCidr,
    help: 'pools to create at the first start: one CIDR per IP family, comma-separated',
    more: 'They are called `cluster-ipv4` and `cluster-ipv6`.',
  },
  nodeBlockSize: {
    key: 'cluster.nodeBlockSize',
    flag: 'block-size',
    argument: '<length>',
    schema: z.int().min(8).max(32),
    fromFlag: numberOf,
    default: 24,
    help: 'prefix length of the IPv4 blocks that nodes lease',
    more: '8..30.',
  },
  nodeBlockSizeV6: {
    key: 'cluster.nodeBlockSizeV6',
    flag: 'block-size-v6',
    argument: '<length>',
    schema: z.int().min(16).max(128),
    fromFlag: numberOf,
    default: 64,
    help: 'prefix length of the IPv6 blocks that nodes lease',
  },
  dataDir: {
    key: 'dataDir',
    alias: 'raft.dataDir',
    flag: 'data-dir',
    argument: '<dir>',
    schema: path,
    default: '/var/lib/ipam',
    help: 'where state is kept',
  },
  engine: {
    key: 'store.engine',
    flag: 'store-engine',
    argument: '<name>',
    schema: z.enum(engines),
    usual: 'embedded',
    help: 'where pools, blocks and claims live: embedded, etcd or kubernetes',
    more: '[etcd](etcd.md), [Kubernetes](kubernetes.md).',
  },
  kubeconfig: {
    key: 'store.kubeconfig',
    flag: 'kubeconfig',
    argument: '<file>',
    schema: path,
    usual: 'the service account of the Pod',
    help: 'how to reach the Kubernetes API',
    more: 'With the engine `etcd` it tells about Pods: their annotations, and whether they are still there ([kube-ipam.md](kube-ipam.md)).',
  },
  controllerLease: {
    key: 'store.controllerLease',
    flag: 'controller-lease',
    argument: '<[namespace/]name>',
    schema: objectPlace,
    usual: "ipam-controller, in the Pod's own namespace",
    help: 'the Lease that tells whether a controller leads',
    more: 'With the engine `kubernetes`, for the message to a Pod that waits for its pool. Set it where `leaderElection.leaseName` or `namespace` of the [controller](controller.md) are set; the role names it, too.',
  },
  ...etcdSettings,
  ...memberSettings,
  grpcAddr: {
    key: 'grpc.bindAddr',
    flag: 'grpc-addr',
    argument: '<host:port>',
    schema: listenAddress,
    default: '0.0.0.0:9090',
    help: 'gRPC over TCP; "" turns it off',
    more: 'Without certificates callers may read only ([security.md](security.md)).',
  },
  grpcAdvertiseAddr: {
    key: 'grpc.advertiseAddr',
    flag: 'grpc-advertise-addr',
    argument: '<host:port>',
    schema: hostPort,
    usual: 'found out',
    help: 'where other daemons ask this one what it alone knows',
    more: 'Of a member it is where members reach it (`raft.advertiseAddr`). [How](cli.md#the-whole-cluster).',
  },
  unixSocket: {
    key: 'grpc.unixSocket',
    flag: 'unix-socket',
    argument: '<path>',
    schema: path,
    default: '/run/ipam/ipam.sock',
    help: 'gRPC and CNI',
    more: 'Mode 0600.',
    spiderpool: { names: ['ipamUnixSocketPath'] },
  },
  ...socketSettings,
  ...tlsSettings,
  ...limitSettings,
  httpAddr: {
    key: 'http.bindAddr',
    flag: 'metrics-addr',
    argument: '<host:port>',
    schema: listenAddress,
    default: '0.0.0.0:2112',
    help: 'health and metrics; "" turns it off',
    spiderpool: { names: ['SPIDERPOOL_HEALTH_PORT'], value: onPort },
    more: '`/livez`, `/healthz`, `/readyz` ([what they say](decisions/0029-what-health-says.md)), `/metrics`.',
  },
  pageAddr: {
    key: 'page.bindAddr',
    flag: 'page-addr',
    argument: '<host:port>',
    schema: listenAddress,
    default: '',
    usual: 'off',
    help: 'pages for people, in a browser: pools, addresses, nodes, Pods, what was',
    more: 'Without certificates on a loopback address only ([page.md](page.md)).',
  },
  batchInterval: {
    key: 'performance.batchInterval',
    schema: duration,
    default: '1s',
    help: 'pause between two rounds of background work: leasing ahead, handing back, reclaiming',
    more: 'The name is older than what it does: nothing is batched by it.',
  },
  cacheSize: {
    key: 'performance.cacheSize',
    schema: z.int().min(1).max(10_000_000),
    default: 10_000,
    help: 'changes of each kind that the embedded engine keeps for watchers that fall behind',
    more: 'Of no effect on the other engines. The name is older than what it does: nothing is cached by it.',
  },
  preallocateThreshold: {
    key: 'performance.preallocateThreshold',
    schema: z.number().min(0).max(0.9),
    default: 0.2,
    help: "share of a node's addresses left at which it leases the next block",
  },
  cooldown: {
    key: 'allocation.cooldown',
    schema: duration,
    default: '30s',
    help: 'how long a released address cools down, unless the pool is exhausted',
    more: 'Of a shared pool on every node that ran when it was released ([decision 63](decisions/0063-releases-are-seen.md)).',
  },
  claimsKnown: {
    key: 'allocation.claims',
    schema: z.enum(['all', 'own']),
    default: 'all',
    help: 'which claims of shared pools the daemon follows: all, or its own',
    more: '`own` needs the engine `kubernetes`, and a controller that publishes what else is taken ([large clusters](kubernetes.md#large-clusters)).',
  },
  keepInBlocks: {
    key: 'allocation.keepInBlocks',
    schema: z.boolean(),
    default: false,
    help: 'addresses stay with whom they are for also where pools lease blocks',
    more: 'The same on all nodes. An address that has moved lies outside of the blocks of its node, and must be routed there by itself ([identities.md](identities.md#pools-that-lease-blocks)).',
  },
  namespaceQuota: {
    key: 'allocation.namespaceQuota',
    schema: z.int().min(0).max(largestQuota),
    usual: 'none',
    help: 'addresses that the Pods of one namespace may hold in all, where the Namespace does not say',
    more: 'The same on all nodes. [Quotas](pools.md#quotas).',
  },
  conflictDetection: {
    key: 'conflicts.detection',
    flag: 'conflict-detection',
    argument: '<what>',
    schema: z.enum(detections),
    default: 'none',
    help: 'what is done about an address that somebody else answers for before a Pod gets it: none, warn or refuse',
    more: 'By ARP and NDP inside the network namespace of the Pod; a pool may say otherwise. [Conflicts](conflicts.md).',
    spiderpool: { names: ['enableIPConflictDetection'], value: refusing },
  },
  gatewayDetection: {
    key: 'conflicts.gateway',
    flag: 'gateway-detection',
    argument: '<what>',
    schema: z.enum(detections),
    default: 'none',
    help: 'what is done about a gateway that does not answer: none, warn or refuse',
    more: 'A pool may say otherwise. [Conflicts](conflicts.md).',
    spiderpool: { names: ['enableGatewayDetection'], value: refusing },
  },
  conflictWait: {
    key: 'conflicts.wait',
    schema: duration,
    default: '1s',
    help: 'how long an answer is waited for; the neighbours are asked once a second',
    more: '100ms..5s, in whole seconds, rounded up. An ADD takes so much longer.',
  },
  conflictQuarantine: {
    key: 'conflicts.quarantine',
    schema: duration,
    default: '1h',
    help: 'how long an address is withheld that somebody else answered for; then it is asked for again',
  },
  enableStatefulSet: {
    key: 'enableStatefulSet',
    schema: z.boolean(),
    default: true,
    help: "addresses of a StatefulSet's Pods stay with them",
    more: "With the engine `kubernetes`, and of shared pools ([kubernetes.md](kubernetes.md#addresses-that-stay)). It is Spiderpool's name.",
    spiderpool: { names: ['enableStatefulSet'] },
  },
  enableKubevirtStaticIP: {
    key: 'enableKubevirtStaticIP',
    schema: z.boolean(),
    default: true,
    help: "addresses of a KubeVirt virtual machine's Pods stay with the machine",
    more: "As for StatefulSets. It is Spiderpool's name.",
    spiderpool: { names: ['enableKubevirtStaticIP'] },
  },
  ...spiderpoolSettings,
  cniConfDir: {
    key: 'cni.confDir',
    flag: 'cni-conf-dir',
    argument: '<dir>',
    schema: path,
    default: '/etc/cni/net.d',
    help: "where this node's network configurations are: one of kube-ipam's says where state is kept, when nothing else does",
    more: '[How](kube-ipam.md).',
  },
  sandboxDeadline: {
    key: 'allocation.sandboxDeadline',
    schema: duration,
    default: durationText(defaultReclaimPolicy.sandboxDeadlineMs),
    help: 'what is younger may belong to a Pod that is being made, and is never taken for a leak',
    more: 'kubelet gives a sandbox 4m. What an ADD or DEL left to which the store gave no answer is taken back as soon as it is seen.',
  },
  goneAfter: {
    key: 'allocation.goneAfter',
    schema: duration,
    default: durationText(defaultReclaimPolicy.goneAfterMs),
    help: 'how long a Pod must have been gone from the API server, with no DEL, before its addresses are taken back',
    more: 'As long as its network namespace is there (`/run/netns` of the node), they are not.',
  },
  ...daemonReclaimSettings,
  ...routingSettings,
  ...historySettings,
  ...logSettings,
  audit: {
    key: 'logging.audit',
    schema: z.boolean(),
    default: true,
    help: 'a line for every change and refusal, with who asked',
    more: '[What it says](security.md).',
  },
  logFile: { key: 'logging.file', schema: path, usual: 'standard error', help: 'where log lines go' },
});
