import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attachmentDefinitions } from '../cluster/attachment-definitions.ts';
import { binaries } from '../cluster/binaries.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { served } from '../cluster/installed.ts';
import { Kruise, kruiseDefinitions } from './kruise.ts';

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

/** OpenKruise, as far as CloneSets and StatefulSets need it: its kinds, and a controller that makes their Pods. */
export const openKruise: StandIn = async (cluster) => {
  await cluster.apply(...kruiseDefinitions);
  await served(
    cluster.controlPlane,
    kruiseDefinitions.map(({ spec: { group, names, versions } }) => ({
      apiVersion: `${group}/${versions[0]?.name}`,
      plural: names.plural,
    })),
  );
  const controller = new Kruise(cluster.controlPlane);
  const ended = new AbortController();
  const { signal } = ended;
  const running = (async () => {
    for (; !signal.aborted; await pause(300, undefined, { signal }).catch(() => {})) await controller.round();
  })();
  return async () => {
    ended.abort();
    await running;
    await cluster.kubectl('delete', 'crd', ...kruiseDefinitions.map(({ metadata }) => metadata.name));
  };
};
