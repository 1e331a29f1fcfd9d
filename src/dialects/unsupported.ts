import { defaultInterface } from '../ipam/attachment.ts';
import { IpamError } from '../resources/errors.ts';
import type { Labels } from '../resources/label-selector.ts';
import { ownValue } from '../resources/own-value.ts';
import { dialects } from './dialects.ts';

const refusedAnnotations = dialects.flatMap(({ unsupported }) => unsupported?.annotations ?? []);
const refusedKeys = Object.fromEntries(dialects.flatMap(({ unsupported }) => Object.entries(unsupported?.keys ?? {})));

/**
 * An address from elsewhere than a Pod asks for is worse than none. What another plugin's IPAM reads is refused for the
 * default interface only: with one of ours beside it, that plugin has the other interfaces.
 * @throws IpamError unsupported
 */
export function refuseUnsupported(annotations: Labels, subject: string, ifname: string): void {
  const names = Object.keys(annotations);
  for (const { matches, reason, advice, onDefaultInterface = false } of refusedAnnotations) {
    if (onDefaultInterface && ifname !== defaultInterface) continue;
    const name = names.find(matches);
    if (name === undefined) continue;
    throw new IpamError('unsupported', `${subject}: annotation ${name}: ${reason}`, {
      advice,
      facts: { annotation: name },
    });
  }
}

/** What says here what a key of `ipam` says in a dialect that is not served; undefined: it is no dialect's. */
export function insteadOf(key: string): string | undefined {
  return ownValue(refusedKeys, key.toLowerCase());
}
