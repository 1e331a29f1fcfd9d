import { describe, expect, it } from 'vitest';
import { formatAddress } from '../ip/address.ts';
import { formatRange } from '../ip/range.ts';
import { IpamError } from '../resources/errors.ts';
import { fixedBy } from './annotated-request.ts';

const pod = { namespace: 'shop', name: 'db-0', uid: 'u1' };
const ip = 'kube-ipam.ip';
const netmask = 'kube-ipam.netmask';
const gateway = 'kube-ipam.gateway';
const ipAddrs = 'cni.projectcalico.org/ipAddrs';
const networks = 'k8s.v1.cni.cncf.io/networks';

/** `10.0.0.9 10.0.0.10 /16 via 10.0.0.1, elsewhere some; …` */
function fixed(annotations: Record<string, string>, ifname = 'eth0', ipamType?: string): string {
  const [one] = fixedBy({ pod, ifname, annotations, ipamType });
  if (one === undefined) return 'nothing';
  const [, { requested, stays }] = one;
  expect(stays).toBe(true);
  return requested
    .map(({ ranges, prefixLength, gateway: router, elsewhere }) =>
      [
        ...ranges.map(formatRange),
        ...(prefixLength === undefined ? [] : [`/${prefixLength}`]),
        ...(router === undefined ? [] : [`via ${formatAddress(router)}`]),
        ...(elsewhere === undefined ? [] : [`elsewhere ${elsewhere}`]),
      ].join(' '),
    )
    .join('; ');
}

function refusal(annotations: Record<string, string>): string {
  try {
    return fixed(annotations);
  } catch (error) {
    if (error instanceof IpamError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('addresses that annotations fix', () => {
  it.each<[string, Record<string, string>, string]>([
    ['none', { other: 'x' }, 'nothing'],
    [
      "kube-ipam's three, as its README has them",
      { [ip]: '10.188.0.216', [netmask]: '255.255.0.0', [gateway]: '10.188.0.1' },
      '10.188.0.216 /16 via 10.188.0.1',
    ],
    ['an address alone', { [ip]: ' 10.188.0.216 ' }, '10.188.0.216'],
    ['a list and a range, in their order', { [ip]: '10.0.0.9, 10.0.0.4-10.0.0.6' }, '10.0.0.9 10.0.0.4-10.0.0.6'],
    [
      'both families, and a netmask for one',
      { [ip]: 'fd00::9,10.0.0.9', [netmask]: '255.255.255.0' },
      '10.0.0.9 /24; fd00::9',
    ],
    ['a gateway of its family', { [ip]: 'fd00::9,10.0.0.9', [gateway]: 'fe80::1' }, '10.0.0.9; fd00::9 via fe80::1'],
    ["Calico's, one of each family", { [ipAddrs]: '["10.0.0.9","fd00::9"]' }, '10.0.0.9; fd00::9'],
    ['a whole address as netmask', { [ip]: '10.0.0.9', [netmask]: '255.255.255.255' }, '10.0.0.9 /32'],
  ])('%s', (_, annotations, expected) => expect(fixed(annotations)).toBe(expected));

  it('of a Pod with several networks are those of its interface: on one of kube-ipam some must be', () => {
    const annotations = { [ip]: '10.188.0.216', [networks]: 'database' };
    expect(fixed(annotations, 'eth0', 'ipam-plugin')).toBe('10.188.0.216 elsewhere all');
    expect(fixed(annotations, 'net1', 'kube-ipam')).toBe('10.188.0.216 elsewhere some');
    expect(fixed({ [ip]: '10.188.0.216' }, 'net1', 'kube-ipam')).toBe('10.188.0.216');
  });

  it("are for the default interface only, when they are Calico's", () => {
    expect(fixed({ [ipAddrs]: '["10.0.0.9"]' }, 'net1')).toBe('nothing');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no address', { [ip]: '' }, `annotation ${ip} of Pod "shop/db-0": it names no address`],
    ['a comma too many', { [ip]: '10.0.0.9,' }, 'there is a comma with no address beside it'],
    ['not an address', { [ip]: '10.0.0.256' }, '"10.0.0.256" is not an IP address'],
    ['a length behind it', { [ip]: '10.0.0.9/16' }, 'host bits are set; the network is 10.0.0.0/16'],
    ['a range that goes down', { [ip]: '10.0.0.9-10.0.0.4' }, 'its first address is above its last'],
    ['an address twice', { [ip]: '10.0.0.9,10.0.0.9' }, '10.0.0.9 and 10.0.0.9 have addresses in common'],
    ['more than anybody needs', { [ip]: '10.0.0.0/16' }, 'it names 65536 addresses, more than 4096'],
    [
      'a netmask alone',
      { [netmask]: '255.255.0.0' },
      `annotation ${netmask} of Pod "shop/db-0": it means nothing without ${ip}`,
    ],
    ['a gateway alone', { [gateway]: '10.0.0.1' }, `it means nothing without ${ip}`],
    ['a netmask with a hole', { [ip]: '10.0.0.9', [netmask]: '255.0.255.0' }, '255.0.255.0 is no netmask'],
    [
      'a length for a netmask',
      { [ip]: '10.0.0.9', [netmask]: '16' },
      `annotation ${netmask} of Pod "shop/db-0": "16" is not an IP address`,
    ],
    ['a netmask of IPv6', { [ip]: '10.0.0.9', [netmask]: 'ffff::' }, 'ffff:: is no netmask'],
    ['a netmask for IPv6 alone', { [ip]: 'fd00::9', [netmask]: '255.255.0.0' }, `${ip} names no IPv4 address`],
    [
      'a gateway of the other family',
      { [ip]: '10.0.0.9', [gateway]: 'fd00::1' },
      `fd00::1 is an IPv6 address, and ${ip} names none`,
    ],
    [
      'a gateway that a Pod is to have',
      { [ip]: '10.0.0.1-10.0.0.9', [gateway]: '10.0.0.1' },
      `10.0.0.1 is among the addresses of ${ip}`,
    ],
    ['no gateway at all', { [ip]: '10.0.0.9', [gateway]: 'router' }, '"router" is not an IP address'],
    ['Calico: no JSON', { [ipAddrs]: '10.0.0.9' }, `annotation ${ipAddrs} of Pod "shop/db-0": not JSON`],
    ['Calico: no list', { [ipAddrs]: '"10.0.0.9"' }, 'must be a list'],
    ['Calico: an empty list', { [ipAddrs]: '[]' }, 'it names no address'],
    [
      'Calico: two of a family',
      { [ipAddrs]: '["10.0.0.9","10.0.0.10"]' },
      'an interface gets one address of each IP family',
    ],
    ['Calico: a range', { [ipAddrs]: '["10.0.0.9-10.0.0.10"]' }, 'an address, without a length and no range'],
    ['Calico: a number', { [ipAddrs]: '[10]' }, '0: must be text (got 10)'],
  ])('are refused: %s', (_, annotations, says) => {
    const message = refusal(annotations);
    expect(message).toMatch(/^invalid-config: annotation /);
    expect(message).toContain(says);
  });
});
