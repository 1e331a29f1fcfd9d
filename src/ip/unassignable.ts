import { formatPrefix, type Prefix, parsePrefix, prefixesOverlap } from './prefix.ts';

/**
 * Prefixes whose addresses no interface of a Pod can have: a kernel refuses them, or takes nothing that is sent to them.
 * Not among them: 240.0.0.0/4, which Linux has taken since 2008 and large clusters use, and link-local addresses.
 */
const prefixes: readonly (readonly [Prefix, string])[] = (
  [
    ['0.0.0.0/8', '"this network" (RFC 1122)'],
    ['127.0.0.0/8', 'loopback (RFC 1122)'],
    ['224.0.0.0/4', 'multicast (RFC 5771)'],
    ['255.255.255.255/32', 'the limited broadcast (RFC 919)'],
    ['::/96', 'the unspecified address, loopback and IPv4-compatible addresses (RFC 4291)'],
    ['::ffff:0:0/96', 'IPv4 addresses in their IPv6 form (RFC 4291): write them as IPv4'],
    ['ff00::/8', 'multicast (RFC 4291)'],
  ] as const
).map(([text, what]) => [parsePrefix(text), what]);

/** @returns why a subnet cannot be one of Pods; undefined: it can */
export function whyUnassignable(subnet: Prefix): string | undefined {
  const [found] = prefixes.filter(([prefix]) => prefixesOverlap(prefix, subnet));
  if (found === undefined) return undefined;
  const [prefix, what] = found;
  return `no interface can have addresses of ${formatPrefix(prefix)}, ${what}`;
}
