import { join } from 'node:path';
import { DaemonProcess } from '../kit/daemon-process.ts';
import type { ControlPlane } from './control-plane.ts';

const deploy = join(import.meta.dirname, '../../deploy');
export const kindsFolder = join(deploy, 'crds');
const namespace = 'berth-system';

/** Our kinds, as the manifests in deploy/ have them; they are served when this is over. */
export async function installKinds(controlPlane: ControlPlane): Promise<void> {
  await controlPlane.kubectl('apply', '-f', kindsFolder);
  await controlPlane.kubectl('wait', '--for=condition=Established', '--timeout=60s', '-f', kindsFolder);
}

/** Our kinds, and the accounts of our programs with what they may do, as the manifests in deploy/ have them. */
export async function install(controlPlane: ControlPlane): Promise<void> {
  await installKinds(controlPlane);
  await controlPlane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await controlPlane.kubectl('apply', '-f', join(deploy, 'rbac'));
}

/** An ipam-daemon for a node, with its own service account; not started yet. */
export async function daemonFor(controlPlane: ControlPlane, node: string, config?: string): Promise<DaemonProcess> {
  const kubeconfig = await controlPlane.kubeconfigFor(`${namespace}/ipam-daemon`);
  return new DaemonProcess({
    node,
    clusterCidr: '',
    args: ['--store-engine', 'kubernetes', '--kubeconfig', kubeconfig],
    ...(config === undefined ? {} : { config }),
  });
}
