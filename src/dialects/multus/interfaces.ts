import { defaultInterface, podSubject } from '../../ipam/attachment.ts';
import type { PodInterface } from '../dialect.ts';
import { defaultNetworkOf, networksOf } from './annotations.ts';

/**
 * The place of an interface among those of its Pod: eth0 is 0, the networks that the Pod asks for follow.
 * @returns undefined for an interface that nothing tells of
 * @throws IpamError invalid-config when the Pod's list of networks cannot be read
 */
export function interfaceIndex({ pod, ifname, annotations }: PodInterface): number | undefined {
  if (ifname === defaultInterface) return 0;
  const listed = networksOf(annotations, pod.namespace, podSubject(pod)).findIndex(
    (selection, index) => (selection.interface ?? `net${index + 1}`) === ifname,
  );
  if (listed >= 0) return listed + 1;
  const [, digits] = /^net([1-9]\d?)$/.exec(ifname) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The NetworkAttachmentDefinition behind an interface, as `namespace/name`.
 * @returns undefined when the Pod does not say: eth0 on the cluster's default network
 * @throws IpamError invalid-config when the Pod's list of networks cannot be read
 */
export function interfaceNetwork({ pod, ifname, annotations }: PodInterface): string | undefined {
  const subject = podSubject(pod);
  const selection =
    ifname === defaultInterface
      ? defaultNetworkOf(annotations, subject)
      : networksOf(annotations, pod.namespace, subject).find(
          ({ interface: name }, index) => (name ?? `net${index + 1}`) === ifname,
        );
  return selection === undefined ? undefined : `${selection.namespace}/${selection.name}`;
}
