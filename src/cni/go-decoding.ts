import { configurations } from '../dialects/dialects.ts';
import { foldKeys, type Keys, type Place } from '../resources/go-json.ts';

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

/** @param ipam every key of the `ipam` section */
export function configurationKeys(ipam: readonly string[]): Keys {
  const placed = (of: 'places' | 'runtimePlaces'): Keys => Object.assign({}, ...configurations.map((one) => one[of]));
  return {
    cniVersion: 'text',
    name: 'value',
    type: 'value',
    ipam: {
      ...Object.fromEntries(ipam.map((key) => [key, 'value'] as const)),
      ...placed('places'),
      routes: route,
      dns,
      resolvConf: 'text',
    },
    args: { cni: { ips: 'value' } },
    runtimeConfig: { ips: 'value', ...placed('runtimePlaces') },
    prevResult: { ips: { address: 'value' } },
    'cni.dev/valid-attachments': attachment,
    'cni.dev/attachments': attachment,
  };
}
