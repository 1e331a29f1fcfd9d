import { podSubject } from '../../ipam/attachment.ts';
import { type Stay, stayOf } from '../../ipam/bind/stay.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { PodInterface } from '../dialect.ts';

/** Our own annotation of a Pod: its addresses stay with its name. `true`, or how long they stay after it. */
export const keepAddress = 'berth.network/keep-address';

/** @returns undefined: it asks for nothing @throws IpamError invalid-config */
export function stayByAnnotation({ pod, annotations }: Pick<PodInterface, 'pod' | 'annotations'>): Stay | undefined {
  const keep = ownValue(annotations, keepAddress);
  const origin = `annotation ${keepAddress} of ${podSubject(pod)}`;
  return stayOf({ keep, origin, names: { identity: '', keep: 'its value' }, code: 'invalid-config' });
}
