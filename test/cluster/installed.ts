import { join } from 'node:path';
import { allKinds } from '../../src/resources/kinds.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { waitFor } from '../kit/wait.ts';
import type { ControlPlane } from './control-plane.ts';

const deploy = join(import.meta.dirname, '../../deploy');
export const kindsFolder = join(deploy, 'crds');
const namespace = 'berth-system';

/** Our kinds, as the manifests in deploy/ have them; they are served when this is over. */
export async function installKinds(controlPlane: ControlPlane): Promise<void> {
  await controlPlane.kubectl('apply', '-f', kindsFolder);
  await controlPlane.kubectl('wait', '--for=condition=Established', '--timeout=180s', '-f', kindsFolder);
  await served(controlPlane, allKinds);
}

/** Waits until the API server lists kinds among what it serves, where kubectl looks: a moment after they are established. */
export async function served(
  controlPlane: ControlPlane,
  kinds: readonly { readonly apiVersion: string; readonly plural: string }[],
): Promise<void> {
  const isListed = async ({ apiVersion, plural }: { apiVersion: string; plural: string }): Promise<boolean> => {
    const all = await controlPlane.get<{ groups: readonly { name: string }[] }>('/apis');
    const list = await controlPlane.get<{ resources: readonly { name: string }[] }>(`/apis/${apiVersion}`);
    const isGroup = all?.groups.some(({ name }) => name === apiVersion.split('/')[0]) ?? false;
    return isGroup && (list?.resources.some(({ name }) => name === plural) ?? false);
  };
  for (const kind of kinds)
    await waitFor(`${kind.plural} to be listed`, async () => (await isListed(kind)) || undefined, 60_000, 50);
}

/** Waits until the API server publishes the schemas of our kinds, which kubectl checks manifests against: seconds later. */
export async function schemasPublished(controlPlane: ControlPlane): Promise<void> {
  await waitFor(
    'the schemas of our kinds',
    async () => {
      const answer = await controlPlane.get<{ readonly definitions: object }>('/openapi/v2');
      const names = Object.keys(answer?.definitions ?? {});
      return allKinds.every(({ kind }) => names.some((name) => name.endsWith(`.${kind}`))) || undefined;
    },
    60_000,
    200,
  );
}

/** Our kinds, and the accounts of our programs with what they may do, as the manifests in deploy/ have them. */
export async function install(controlPlane: ControlPlane): Promise<void> {
  await installKinds(controlPlane);
  await controlPlane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await controlPlane.kubectl('apply', '-f', join(deploy, 'rbac'));
}

/**
 * An ipam-daemon for a node, with its own service account; not started yet.
 * @param program that of another checkout; by default ours
 */
export async function daemonFor(
  controlPlane: ControlPlane,
  node: string,
  config?: string,
  program?: string,
): Promise<DaemonProcess> {
  const kubeconfig = await controlPlane.kubeconfigFor(`${namespace}/ipam-daemon`);
  return new DaemonProcess({
    node,
    clusterCidr: '',
    args: ['--store-engine', 'kubernetes', '--kubeconfig', kubeconfig],
    ...(config === undefined ? {} : { config }),
    ...(program === undefined ? {} : { program }),
  });
}
