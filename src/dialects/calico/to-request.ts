import { defaultInterface, podSubject } from '../../ipam/attachment.ts';
import type { FixedRequest, FixingInterface } from '../dialect.ts';
import { requestedOf } from '../fixed-texts.ts';
import { addressesByAnnotation } from './annotations.ts';

/** Calico reads it for the interface that it sets up, a Pod's default one. @throws IpamError invalid-config */
export function fixedAddresses({ pod, ifname, annotations }: FixingInterface): FixedRequest | undefined {
  if (ifname !== defaultInterface) return undefined;
  const fixed = addressesByAnnotation(annotations, podSubject(pod));
  if (fixed === undefined) return undefined;
  return { requested: requestedOf(fixed.ranges, { origin: fixed.origin }), stays: true };
}
