import { podSubject } from '../../ipam/attachment.ts';
import type { RequestedAddress } from '../../ipam/requested-address.ts';
import type { FixedRequest, FixingInterface } from '../dialect.ts';
import { requestedOf } from '../fixed-texts.ts';
import { networksOf } from '../multus/annotations.ts';
import { type FixedByAnnotation, fixedByAnnotation } from './annotations.ts';
import { program } from './configuration.ts';

/**
 * kube-ipam gives what its annotations say to each interface that it gives an address. Two interfaces with one address help
 * nobody: each takes of the list what is in its subnets. On a network of kube-ipam's there must be some; elsewhere, what a
 * Pod of several networks asks for may be meant for another one.
 * @throws IpamError invalid-config
 */
export function fixedAddresses({ pod, annotations, ipamType }: FixingInterface): FixedRequest | undefined {
  const subject = podSubject(pod);
  const fixed = fixedByAnnotation(annotations, subject);
  if (fixed === undefined) return undefined;
  const hasSeveral = networksOf(annotations, pod.namespace, subject).length > 0;
  const elsewhere = hasSeveral ? ({ elsewhere: ipamType === program ? 'some' : 'all' } as const) : {};
  const requested = requestedOf(fixed.ranges, { origin: fixed.origin, ...elsewhere });
  return { requested: requested.map((one) => ({ ...one, ...besideAddress(one, fixed) })), stays: true };
}

function besideAddress(
  { family }: RequestedAddress,
  { prefixLength, gateway }: FixedByAnnotation,
): Pick<RequestedAddress, 'prefixLength' | 'gateway'> {
  return {
    ...(family === 4 && prefixLength !== undefined ? { prefixLength } : {}),
    ...(gateway?.family === family ? { gateway } : {}),
  };
}
