import type { CniOutput } from '../kit/cni.ts';
import type { ClusterNode } from './cluster-node.ts';
import type { Pod } from './pod.ts';

/** A running Pod as a meta-plugin meets it: the sandbox that the runtime has made, with eth0 in it. */
export interface Sandbox {
  readonly node: ClusterNode;
  readonly pod: Pod;
  readonly containerId: string;
  /** As the node sees it. */
  readonly netns: string;
}

const folder = '/var/lib/cni/meta';

/**
 * Calls a network's plugin for one more interface of a running Pod, with the environment and the configuration that
 * Multus gives to its delegates: container and Pod are those of eth0, only the interface and the network differ.
 * Multus itself is not in Debian 12 (`apt-cache search multus` finds nothing); what reaches us is the same.
 * @param network the configuration in a NetworkAttachmentDefinition
 * @throws with what the plugin printed
 */
export async function callDelegate(
  command: 'ADD' | 'DEL',
  { node, pod, containerId, netns }: Sandbox,
  ifname: string,
  network: { readonly name: string; readonly type: string },
): Promise<CniOutput> {
  const { namespace, name, uid } = pod.metadata;
  const file = `${folder}/${name}-${ifname}.json`;
  node.writeFile(file, JSON.stringify(network));
  const args = [
    'IgnoreUnknown=true',
    `K8S_POD_NAMESPACE=${namespace}`,
    `K8S_POD_NAME=${name}`,
    `K8S_POD_INFRA_CONTAINER_ID=${containerId}`,
    `K8S_POD_UID=${uid}`,
  ];
  const { exit, stdout, stderr } = await node.tryExec(
    'env',
    `CNI_COMMAND=${command}`,
    `CNI_CONTAINERID=${containerId}`,
    `CNI_NETNS=${netns}`,
    `CNI_IFNAME=${ifname}`,
    `CNI_ARGS=${args.join(';')}`,
    'CNI_PATH=/opt/cni/bin',
    'sh',
    '-c',
    `exec /opt/cni/bin/${network.type} <${file}`,
  );
  if (exit !== 0) throw new Error(`${command} of ${ifname} ended with ${exit}: ${stdout}${stderr}`);
  return stdout === '' ? {} : (JSON.parse(stdout) as CniOutput);
}
