import { z } from 'zod';
import { podSubject } from '../../ipam/attachment.ts';
import { type Stay, stayOf } from '../../ipam/bind/stay.ts';
import { parseJsonText } from '../../resources/json-text.ts';
import { ownValue } from '../../resources/own-value.ts';
import { parseWith } from '../../resources/schema.ts';
import { purposeText } from '../../resources/topology/schema.ts';
import type { AnnotationRequest, AskingInterface, PodInterface } from '../dialect.ts';

/** Our own annotation of a Pod: its addresses stay with its name. `true`, or how long they stay after it. */
export const keepAddress = 'berth.network/keep-address';

/** @returns undefined: it asks for nothing @throws IpamError invalid-config */
export function stayByAnnotation({ pod, annotations }: Pick<PodInterface, 'pod' | 'annotations'>): Stay | undefined {
  const keep = ownValue(annotations, keepAddress);
  const origin = `annotation ${keepAddress} of ${podSubject(pod)}`;
  return stayOf({ keep, origin, names: { identity: '', keep: 'its value' }, code: 'invalid-config' });
}

/** What the addresses of a Pod are for: a word for every interface, or a JSON object of words by interface. */
export const purposeAnnotation = 'berth.network/purpose';

const byInterface = z.record(z.string().min(1).max(15), purposeText);

/** @returns of an interface that is not named, nothing: its network decides @throws IpamError invalid-config */
export function purposeByAnnotation({ pod, ifname, facts }: AskingInterface): AnnotationRequest {
  const text = ownValue(facts.pod.annotations, purposeAnnotation);
  if (text === undefined) return {};
  const origin = `annotation ${purposeAnnotation} of ${podSubject(pod)}`;
  const purpose = text.trimStart().startsWith('{')
    ? ownValue(parseWith(byInterface, parseJsonText(text, origin), origin), ifname)
    : parseWith(purposeText, text, origin);
  return purpose === undefined ? {} : { source: { kind: 'purpose', purpose, origin } };
}
