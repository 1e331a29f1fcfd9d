import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attachmentDefinitions } from '../cluster/attachment-definitions.ts';
import { binaries } from '../cluster/binaries.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { served } from '../cluster/installed.ts';
import { Kruise, kruiseDefinitions } from './kruise.ts';
import { KubeVirt, kubevirtDefinitions } from './kubevirt.ts';

/** Software of others that a guide takes for granted and Debian does not have. @returns what takes it away again */
export type StandIn = (cluster: Cluster) => Promise<() => Promise<void>>;

const multusFile = '00-multus.conf';

/** Multus: its kind, and a plugin on each node. */
export const multus: StandIn = async (cluster) => {
  await cluster.apply(attachmentDefinitions);
  await served(cluster.controlPlane, [
    { apiVersion: 'k8s.cni.cncf.io/v1', plural: attachmentDefinitions.spec.names.plural },
  ]);
  const kubectl = [binaries().path('kubectl'), '--kubeconfig', cluster.controlPlane.kubeconfig()];
  const configuration = {
    cniVersion: '0.4.0',
    name: 'multus-cni-network',
    type: 'multus',
    clusterNetwork: '/etc/cni/net.d/10-macvlan.conflist',
    kubectl: [...kubectl, '--cache-dir', '/run/kubectl-cache'],
  };
  const script = `#!/bin/sh\nexec ${process.execPath} ${new URL('./multus.ts', import.meta.url).pathname}\n`;
  for (const node of cluster.nodes) {
    node.writeFile('/opt/cni/bin/multus', script);
    await node.exec('chmod', '755', '/opt/cni/bin/multus');
    node.writeFile(join('/etc/cni/net.d', multusFile), JSON.stringify(configuration));
  }
  return async () => {
    for (const node of cluster.nodes) rmSync(join(node.path('/etc/cni/net.d'), multusFile));
    await cluster.kubectl('delete', 'crd', attachmentDefinitions.metadata.name);
  };
};

/** Cilium: its CNI plugin on each node, which forwards packets of Pods. */
export const cilium: StandIn = async (cluster) => {
  const plugin = new URL('../kit/cilium-cni.ts', import.meta.url).pathname;
  const script = `#!/bin/sh\nexec ${process.execPath} ${plugin} 169.254.23.0 fe80::23\n`;
  for (const node of cluster.nodes) {
    node.writeFile('/opt/cni/bin/cilium-cni', script);
    await node.exec('chmod', '755', '/opt/cni/bin/cilium-cni');
  }
  return async () => {
    for (const node of cluster.nodes) {
      rmSync(node.path('/etc/cni/net.d/05-cilium.conflist'), { force: true });
      rmSync(node.path('/opt/cni/bin/cilium-cni'));
    }
  };
};

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** Kinds of others, and a controller that does something about them several times a second. */
function kindsWith(
  definitions: readonly Definition[],
  controllerOn: (controlPlane: ControlPlane) => { readonly round: () => Promise<void> },
): StandIn {
  return async (cluster) => {
    await cluster.apply(...definitions);
    await served(
      cluster.controlPlane,
      definitions.map(({ spec: { group, names, versions } }) => ({
        apiVersion: `${group}/${versions[0]?.name}`,
        plural: names.plural,
      })),
    );
    const controller = controllerOn(cluster.controlPlane);
    const ended = new AbortController();
    const { signal } = ended;
    const running = (async () => {
      for (; !signal.aborted; await pause(300, undefined, { signal }).catch(() => {})) await controller.round();
    })();
    return async () => {
      ended.abort();
      await running;
      await cluster.kubectl('delete', 'crd', ...definitions.map(({ metadata }) => metadata.name));
    };
  };
}

/** OpenKruise, as far as CloneSets and StatefulSets need it. */
export const openKruise: StandIn = kindsWith(kruiseDefinitions, (controlPlane) => new Kruise(controlPlane));

/** KubeVirt, as far as virtual machines, their instances and migrations need it. */
export const kubeVirt: StandIn = kindsWith(kubevirtDefinitions, (controlPlane) => new KubeVirt(controlPlane));
