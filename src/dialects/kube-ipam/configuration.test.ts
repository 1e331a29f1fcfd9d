import { describe, expect, it } from 'vitest';
import { goConfig, networkConfig } from '../../cni/network-config.ts';
import { sectionRequest } from '../../cni/request.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import { formatRange } from '../../ip/range.ts';
import { formatRangeSet } from '../../ip/range-set.ts';
import { rangePools } from '../../ipam/claim/range-pools.ts';
import { IpamError } from '../../resources/errors.ts';
import { parsePool } from '../../resources/pool.ts';
import { kubeIpamState } from './state.ts';

function sourceOf(ipam: object, type = 'kube-ipam') {
  const network = networkConfig(
    goConfig({ cniVersion: '0.3.1', name: 'k8snetwork', type: 'macvlan', ipam: { type, ...ipam } }),
  );
  const section = network.ipam;
  if (section === undefined) throw new Error('there is no section');
  kubeIpamState(network.name, section.type, section);
  return sectionRequest(network, section).source;
}

/** `10.188.0.0/16: RANDOM; fixed FIXED` of each pool, set by set; long lists as their first and last range. */
function poolsOf(ipam: object, type?: string): readonly (readonly string[])[] {
  const source = sourceOf(ipam, type);
  if (source.kind !== 'ranges') throw new Error(source.kind);
  return rangePools({ network: 'n', node: 'node1' }, source.sets).map((pools) =>
    pools.map((resource) => {
      const { subnet, usable, fixed } = parsePool(resource);
      const open = formatRangeSet(usable).filter((range) => !formatRangeSet(fixed).includes(range));
      return `${formatPrefix(subnet)}: ${open}; fixed ${formatRangeSet(fixed)}`;
    }),
  );
}

const refusal = (ipam: object): string => {
  try {
    sourceOf(ipam);
    return 'accepted';
  } catch (error) {
    if (error instanceof IpamError) return error.advice === '' ? error.message : `${error.message}; ${error.advice}`;
    throw error;
  }
};
const subnet = '10.188.0.0/16';

describe("kube-ipam's configuration", () => {
  it('of its README: a range, and all else of the subnet for those who ask', () => {
    const ipam = { subnet, rangeStart: '10.188.0.10', rangeEnd: '10.188.0.200', gateway: '10.188.0.1' };
    expect(poolsOf(ipam)).toEqual([
      ['10.188.0.0/16: 10.188.0.2-10.188.255.254; fixed 10.188.0.2-10.188.0.9,10.188.0.201-10.188.255.254'],
    ]);
    // host-local's file of the same keys gives nothing else.
    expect(poolsOf(ipam, 'ipam-plugin')).toEqual([['10.188.0.0/16: 10.188.0.10-10.188.0.200; fixed ']]);
  });

  it.each<[string, object[][], string[][]]>([
    [
      'example 1: two subnets in one set',
      [
        [
          {
            subnet,
            fixedStart: '10.188.0.10',
            fixedEnd: '10.188.3.155',
            rangeStart: '10.188.3.156',
            rangeEnd: '10.188.255.254',
            gateway: '10.188.0.1',
          },
          {
            subnet: '10.199.0.0/16',
            fixedStart: '10.199.0.10',
            fixedEnd: '10.199.0.255',
            rangeStart: '10.199.1.0',
            rangeEnd: '10.199.255.254',
            gateway: '10.199.0.1',
          },
        ],
      ],
      [
        [
          '10.188.0.0/16 random 10.188.3.156-10.188.255.254 fixed 10.188.0.10-10.188.3.155',
          '10.199.0.0/16 random 10.199.1.0-10.199.255.254 fixed 10.199.0.10-10.199.0.255',
        ],
      ],
    ],
    [
      'example 2: a set without fixed addresses',
      [
        [
          {
            subnet,
            fixedStart: '10.188.0.10',
            fixedEnd: '10.188.0.255',
            rangeStart: '10.188.1.0',
            rangeEnd: '10.188.255.254',
            gateway: '10.188.0.1',
          },
        ],
        [{ subnet: '10.166.0.0/16' }],
      ],
      [
        ['10.188.0.0/16 random 10.188.1.0-10.188.255.254 fixed 10.188.0.10-10.188.0.255'],
        ['10.166.0.0/16 random 10.166.0.0-10.166.255.255 fixed none'],
      ],
    ],
    [
      'example 3: all of them',
      [
        [
          { subnet, rangeStart: '10.188.0.150', rangeEnd: '10.188.255.254', gateway: '10.188.0.1' },
          { subnet: '10.199.0.0/16' },
        ],
        [
          {
            subnet: '10.166.0.0/16',
            fixedStart: '10.166.0.10',
            fixedEnd: '10.166.0.200',
            rangeStart: '10.166.0.201',
            rangeEnd: '10.166.255.254',
          },
        ],
      ],
      [
        [
          '10.188.0.0/16 random 10.188.0.150-10.188.255.254 fixed 10.188.0.0-10.188.0.149,10.188.255.255',
          '10.199.0.0/16 random 10.199.0.0-10.199.255.255 fixed none',
        ],
        ['10.166.0.0/16 random 10.166.0.201-10.166.255.254 fixed 10.166.0.10-10.166.0.200'],
      ],
    ],
  ])('of its page on several subnets, %s', (_, ranges, expected) => {
    const source = sourceOf({ ranges });
    if (source.kind !== 'ranges') throw new Error(source.kind);
    const said = source.sets.map((set) =>
      set.map(({ subnet: of, rangeStart, rangeEnd, fixed = [] }) => {
        const { address, length } = of;
        const last = { ...address, value: address.value + (1n << BigInt(32 - length)) - 1n };
        const random = formatRange({ first: rangeStart ?? address, last: rangeEnd ?? last });
        return `${formatPrefix(of)} random ${random} fixed ${fixed.map(formatRange).join(',') || 'none'}`;
      }),
    );
    expect(said).toEqual(expected);
  });

  it('gives nobody at random what is fixed, also where its own range has it', () => {
    const ipam = { subnet: '10.188.0.0/28', fixedStart: '10.188.0.4', fixedEnd: '10.188.0.6' };
    expect(poolsOf(ipam)).toEqual([['10.188.0.0/28: 10.188.0.2-10.188.0.14; fixed 10.188.0.4-10.188.0.6']]);
  });

  it.each<[string, object, string]>([
    [
      'fixedStart alone',
      { subnet, fixedStart: '10.188.0.10' },
      'ranges[0][0]: fixedStart stands alone: fixedStart and fixedEnd belong together',
    ],
    ['fixedEnd alone', { subnet, fixedEnd: '10.188.0.10' }, 'ranges[0][0]: fixedEnd stands alone'],
    [
      'fixed addresses upside down',
      { subnet, fixedStart: '10.188.0.10', fixedEnd: '10.188.0.9' },
      'fixedStart is above fixedEnd (10.188.0.10-10.188.0.9)',
    ],
    [
      'fixed addresses outside',
      { subnet, fixedStart: '10.188.0.10', fixedEnd: '10.189.0.9' },
      'fixedEnd 10.189.0.9 is outside subnet 10.188.0.0/16',
    ],
    [
      'fixed addresses of the other family',
      { subnet, fixedStart: 'fd00::1', fixedEnd: 'fd00::2' },
      'fixedStart fd00::1 is an IPv6 address, subnet 10.188.0.0/16 is IPv4',
    ],
    [
      'fixed addresses of no subnet',
      { fixedStart: '10.188.0.10', fixedEnd: '10.188.0.20' },
      'ipam.fixedStart 10.188.0.10 needs ipam.subnet',
    ],
    ['an address that is none', { subnet, rangeStart: '10.188.0' }, 'ipam.rangeStart: "10.188.0" is not an IP address'],
    ['a subnet with host bits', { subnet: '10.188.0.1/16' }, 'host bits are set; the network is 10.188.0.0/16'],
    [
      'a key of ranges that is misspelt',
      { ranges: [[{ subnet, fixStart: '10.188.0.9' }]] },
      'ipam.ranges.0.0.fixStart = "10.188.0.9"',
    ],
    [
      'etcdConfig without a URL',
      { subnet, etcdConfig: { etcdCertFile: '/x', etcdKeyFile: '/y' } },
      'ipam.etcdConfig.etcdURL is missing',
    ],
    ['etcdConfig of commas', { subnet, etcdConfig: { etcdURL: ' , ' } }, 'ipam.etcdConfig.etcdURL is missing'],
    [
      'a certificate without its key',
      { subnet, etcdConfig: { etcdURL: 'https://e:2379', etcdCertFile: '/x' } },
      'ipam.etcdConfig: etcdCertFile and etcdKeyFile go together',
    ],
    [
      'etcdConfig that is a text',
      { subnet, etcdConfig: 'https://e:2379' },
      'ipam.etcdConfig: must be an object (got "https://e:2379")',
    ],
    [
      'etcdURL that is a list',
      { subnet, etcdConfig: { etcdURL: ['e:2379'] } },
      'ipam.etcdConfig.etcdURL: must be text',
    ],
    ['kubeConfig that is none', { subnet, kubeConfig: 7 }, 'ipam.kubeConfig: must be text (got 7)'],
    [
      'a key of before 0.2',
      { subnet, fixedSubnet: '10.0.0.0/24' },
      "kube-ipam's key of before 0.2: write ranges with fixedStart and fixedEnd",
    ],
    ['a key that is misspelt', { subnet, etcdConfg: {} }, 'etcdConfg: is etcdConfig meant?'],
    ['resolvConf that is no path', { subnet, resolvConf: 'resolv.conf' }, 'ipam.resolvConf: not an absolute path'],
  ])('is refused: %s', (_, ipam, says) => expect(refusal(ipam)).toContain(says));

  it('takes kubeConfig also where its README lists it, and an empty text for nothing, as Go does', () => {
    const state = (ipam: object) => kubeIpamState('n', 'kube-ipam', ipam as never);
    expect(state({ etcdConfig: { etcdURL: 'http://e:2379', kubeConfig: '/x' } })?.kubeConfig).toBe('/x');
    expect(refusal({ subnet, kubeConfig: '', gateway2: '' })).toBe('accepted');
    expect(kubeIpamState('n', 'ipam-plugin', {})).toBeUndefined();
  });
});
