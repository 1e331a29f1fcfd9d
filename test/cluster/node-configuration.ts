import { busyboxImage } from './image.ts';

/** Where a node has its container runtime's socket, as it sees it. */
export const containerdSocket = '/run/containerd/containerd.sock';

/** What containerd 1.6 needs to serve as a node's runtime; `folder` takes its images. */
export function containerdConfiguration(folder: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${folder}/containerd"
state = "/run/containerd"
[grpc]
address = "${containerdSocket}"
[${cri}]
sandbox_image = "${busyboxImage}"
stream_server_address = "127.0.0.1"
stream_server_port = "0"
# Where there is no CAP_SYS_RESOURCE, a lower score than our own cannot be set.
restrict_oom_score_adj = true
[${cri}.containerd]
# Not copies of whole images: one with Node.js has more than a hundred megabytes.
snapshotter = "overlayfs"
default_runtime_name = "runc"
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.cni]
bin_dir = "/opt/cni/bin"
conf_dir = "/etc/cni/net.d"
max_conf_num = 1
`;
}

export interface KubeletOptions {
  readonly address: string;
  /** Below the root of each controller. */
  readonly controlGroup: string;
  /** Path of a file as of resolv.conf(5). */
  readonly resolvConf: string;
  /** Minor version of Kubernetes: 20 for 1.20. */
  readonly minor: number;
}

/** Kubelets of 1.35 and later refuse a machine with control groups of version 1 unless told otherwise, by a key that came here. */
const knowsFailCgroupV1 = 31;

/** A kubelet that lives with others on one machine: its own control group, no eviction for what the machine lacks. */
export function kubeletConfiguration(node: KubeletOptions): object {
  const { address, controlGroup, resolvConf, minor } = node;
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address,
    readOnlyPort: 0,
    // Whoever reaches the switch may do anything to a node; only the cluster does.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    ...(minor >= knowsFailCgroupV1 ? { failCgroupV1: false } : {}),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${controlGroup}`,
    // All containers are below the node's own group then, where a teardown finds them.
    cgroupsPerQOS: true,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    resolvConf,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // A node that becomes ready says so soon; one that stays as it is writes as seldom as elsewhere.
    nodeStatusUpdateFrequency: '2s',
    nodeStatusReportFrequency: '5m',
  };
}
