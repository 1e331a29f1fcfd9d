import { foldKeys } from '../resources/go-json.ts';

/**
 * What a key of a configuration may hold. `value`: null is as if it were not there. `text`: so is the empty text, which
 * is how Go writes an address that was not set. `kept`: neither, Go refuses both. An object: the keys inside, through
 * lists of any depth.
 */
export type Place = 'value' | 'text' | 'kept' | Keys;
export interface Keys {
  readonly [key: string]: Place;
}

/**
 * A configuration as the decoders of CNI plugins in Go see it: keys in any case, of two that are alike the last, and
 * null where nothing is. Keys that are not known stay as they are: other plugins of the chain may read them.
 */
export function asGoDecodes(value: unknown, keys: Keys): unknown {
  if (value === null && keys === attachment) return [];
  if (Array.isArray(value)) return value.map((item) => asGoDecodes(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  const folded = foldKeys(Object.keys(keys))(value) as object;
  return Object.fromEntries(
    Object.entries(folded).flatMap(([key, member]) => {
      const place = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (isAbsent(member, place)) return [];
      return [[key, typeof place === 'object' ? asGoDecodes(member, place) : member]];
    }),
  );
}

function isAbsent(member: unknown, place: Place | undefined): boolean {
  if (place === undefined || place === 'kept' || place === attachment) return false;
  return member === null || (member === '' && place === 'text');
}

/** Every key of a network configuration that is read here. */
const range: Keys = { subnet: 'kept', rangeStart: 'text', rangeEnd: 'text', gateway: 'text' };
const route: Keys = {
  dst: 'kept',
  gw: 'text',
  mtu: 'value',
  advmss: 'value',
  priority: 'value',
  table: 'value',
  scope: 'value',
};
const dns: Keys = { nameservers: 'value', domain: 'text', search: 'value', options: 'value' };
const attachment: Keys = { containerID: 'value', ifname: 'value' };

/** @param ipam keys of the `ipam` section beside those with something inside */
export function configurationKeys(ipam: readonly string[]): Keys {
  return {
    cniVersion: 'text',
    name: 'value',
    type: 'value',
    ipam: {
      ...Object.fromEntries(ipam.map((key) => [key, 'value'] as const)),
      ...range,
      ranges: range,
      routes: route,
      dns,
      resolvConf: 'text',
      dataDir: 'text',
    },
    args: { cni: { ips: 'value' } },
    runtimeConfig: { ips: 'value', ipRanges: range },
    prevResult: { ips: { address: 'value' } },
    'cni.dev/valid-attachments': attachment,
    'cni.dev/attachments': attachment,
  };
}
