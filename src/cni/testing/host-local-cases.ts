/** What host-local does with a configuration, as the first ADD of a network. */
export interface HostLocalCase {
  readonly name: string;
  readonly cniVersion?: string;
  /** `resolvConf`: true stands for a file with `resolvConfText`. */
  readonly ipam: object;
  readonly more?: object;
  readonly args?: string;
  readonly hostLocal: Outcome;
  /** Where we decide otherwise, and why. */
  readonly ours?: Outcome & { readonly because: string };
}

export interface Outcome {
  /** `address/length via gateway` */
  readonly ips?: readonly string[];
  readonly routes?: readonly (object | null)[];
  readonly dns?: object;
  /** What an error says; of ours only that there is one. */
  readonly refused?: string;
}

export const resolvConfText = [
  'nameserver 192.0.2.3',
  'nameserver 192.0.2.2',
  'domain example.com',
  ';nameserver comment',
  '#nameserver comment',
  'search example.net example.org',
  'search example.gov',
  'options one two three',
  'options four',
  '',
].join('\n');

/**
 * The inputs of host-local's own tests (config_test.go, range_test.go, range_set_test.go, allocator_test.go,
 * host_local_test.go), and others that its decoder takes. Its outcomes are checked against the program.
 */
export const hostLocalCases: readonly HostLocalCase[] = [
  {
    name: 'an old-style range',
    ipam: { subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' },
    hostLocal: { ips: ['10.1.2.9/24 via 10.1.2.30'] },
  },
  {
    name: 'sets of ranges',
    ipam: {
      ranges: [
        [
          { subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' },
          { subnet: '10.1.4.0/24' },
        ],
        [{ subnet: '11.1.2.0/24', rangeStart: '11.1.2.9', rangeEnd: '11.1.2.20', gateway: '11.1.2.30' }],
      ],
    },
    hostLocal: { ips: ['10.1.2.9/24 via 10.1.2.30', '11.1.2.9/24 via 11.1.2.30'] },
  },
  {
    name: "an old-style range, sets and the runtime's sets at once",
    ipam: {
      subnet: '10.1.2.0/24',
      rangeStart: '10.1.2.9',
      rangeEnd: '10.1.2.20',
      gateway: '10.1.2.30',
      ranges: [[{ subnet: '11.1.2.0/24', rangeStart: '11.1.2.9', rangeEnd: '11.1.2.20', gateway: '11.1.2.30' }]],
    },
    more: { runtimeConfig: { irrelevant: 'a', ipRanges: [[{ subnet: '12.1.3.0/24' }]] } },
    hostLocal: { ips: ['12.1.3.2/24 via 12.1.3.1', '10.1.2.9/24 via 10.1.2.30', '11.1.2.9/24 via 11.1.2.30'] },
  },
  {
    name: 'an address in CNI_ARGS',
    ipam: {
      ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' }]],
    },
    args: 'IP=10.1.2.10',
    hostLocal: { ips: ['10.1.2.10/24 via 10.1.2.30'] },
  },
  {
    name: 'an address with a length in CNI_ARGS',
    ipam: {
      ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' }]],
    },
    args: 'IP=10.1.2.11/24',
    hostLocal: { ips: ['10.1.2.11/24 via 10.1.2.30'] },
  },
  {
    name: 'more addresses than sets, in CNI_ARGS and args',
    ipam: {
      ranges: [
        [{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' }],
        [{ subnet: '11.1.2.0/24', rangeStart: '11.1.2.9', rangeEnd: '11.1.2.20', gateway: '11.1.2.30' }],
        [{ subnet: '2001:db8:1::/64' }],
      ],
    },
    more: { args: { cni: { ips: ['10.1.2.11', '11.11.11.11', '2001:db8:1::11'] } } },
    args: 'IP=10.1.2.10',
    hostLocal: { refused: 'failed to allocate all requested IPs: 10.1.2.10 11.11.11.11' },
  },
  {
    name: 'more addresses than sets, with lengths',
    ipam: {
      ranges: [
        [{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' }],
        [{ subnet: '11.1.2.0/24', rangeStart: '11.1.2.9', rangeEnd: '11.1.2.20', gateway: '11.1.2.30' }],
        [{ subnet: '2001:db8:1::/64' }],
      ],
    },
    more: { args: { cni: { ips: ['10.1.2.11/24', '11.11.11.11/24', '2001:db8:1::11/64'] } } },
    args: 'IP=10.1.2.10/24',
    hostLocal: { refused: 'failed to allocate all requested IPs: 10.1.2.11 11.11.11.11' },
  },
  {
    name: 'sets that overlap',
    ipam: {
      ranges: [
        [{ subnet: '10.1.2.0/24' }, { subnet: '10.2.2.0/24' }],
        [{ subnet: '10.1.4.0/24' }, { subnet: '10.1.6.0/24' }, { subnet: '10.1.8.0/24' }, { subnet: '10.1.2.0/24' }],
      ],
    },
    hostLocal: { refused: 'range set 0 overlaps with 1' },
  },
  {
    name: 'ranges of a set that overlap',
    ipam: { ranges: [[{ subnet: '10.1.0.0/22' }, { subnet: '10.1.2.0/24' }]] },
    hostLocal: { refused: 'invalid range set 0: subnets 10.1.0.1-10.1.3.254 and 10.1.2.1-10.1.2.254 overlap' },
  },
  {
    name: 'a set of two IP families',
    ipam: { ranges: [[{ subnet: '10.1.0.0/22' }, { subnet: '2001:db8:5::/64' }]] },
    hostLocal: { refused: 'invalid range set 0: mixed address families' },
  },
  {
    name: 'two IPv4 addresses in 0.2.0',
    cniVersion: '0.2.0',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '11.1.2.0/24' }]] },
    hostLocal: { refused: 'CNI version 0.2.0 does not support more than 1 address per family' },
  },
  {
    name: 'one address of each IP family in 0.2.0',
    cniVersion: '0.2.0',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '2001:db8:1::/48' }]] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1', '2001:db8:1::2/48 via 2001:db8:1::1'] },
  },
  {
    name: 'addresses outside in runtimeConfig',
    ipam: { subnet: '10.1.2.0/24' },
    more: { runtimeConfig: { ips: ['192.168.0.1', '192.168.0.5/24', '2001:db8::1/64'] } },
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.168.0.1 192.168.0.5 2001:db8::1' },
  },
  {
    name: 'an IPv4 subnet alone',
    ipam: { ranges: [[{ subnet: '192.0.2.0/24' }]] },
    hostLocal: { ips: ['192.0.2.2/24 via 192.0.2.1'] },
  },
  {
    name: 'a smaller IPv4 subnet',
    ipam: { ranges: [[{ subnet: '192.0.2.0/25' }]] },
    hostLocal: { ips: ['192.0.2.2/25 via 192.0.2.1'] },
  },
  {
    name: 'an IPv4 subnet with host bits',
    ipam: { ranges: [[{ subnet: '192.0.2.12/24' }]] },
    hostLocal: {
      refused:
        'invalid range set 0: Network has host bits set. For a subnet mask of length 24 the network address is 192.0.2.0',
    },
  },
  {
    name: 'an IPv6 subnet with host bits',
    ipam: { ranges: [[{ subnet: '2001:DB8:1::24:19ff:fee1:c44a/64' }]] },
    hostLocal: {
      refused:
        'invalid range set 0: Network has host bits set. For a subnet mask of length 64 the network address is 2001:db8:1::',
    },
  },
  {
    name: 'an IPv6 subnet with one host bit',
    ipam: { ranges: [[{ subnet: '2001:DB8:24:19ff::/63' }]] },
    hostLocal: {
      refused:
        'invalid range set 0: Network has host bits set. For a subnet mask of length 63 the network address is 2001:db8:24:19fe::',
    },
  },
  {
    name: 'an IPv4 subnet with one host bit',
    ipam: { ranges: [[{ subnet: '192.168.127.0/23' }]] },
    hostLocal: {
      refused:
        'invalid range set 0: Network has host bits set. For a subnet mask of length 23 the network address is 192.168.126.0',
    },
  },
  {
    name: 'an IPv6 subnet in capitals',
    ipam: { ranges: [[{ subnet: '2001:DB8:1::/64' }]] },
    hostLocal: { ips: ['2001:db8:1::2/64 via 2001:db8:1::1'] },
  },
  {
    name: 'a subnet of two IPv4 addresses',
    ipam: { ranges: [[{ subnet: '192.0.2.0/31' }]] },
    hostLocal: { refused: 'invalid range set 0: Network 192.0.2.0/31 too small to allocate from' },
    ours: { ips: ['192.0.2.0/31'], because: "RFC 3021: both addresses are hosts'" },
  },
  {
    name: 'rangeStart outside',
    ipam: { ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.3.0' }]] },
    hostLocal: { refused: 'invalid range set 0: RangeStart 192.0.3.0 not in network 192.0.2.0/24' },
  },
  {
    name: 'rangeEnd outside',
    ipam: { ranges: [[{ subnet: '192.0.2.0/24', rangeEnd: '192.0.4.0' }]] },
    hostLocal: { refused: 'invalid range set 0: RangeEnd 192.0.4.0 not in network 192.0.2.0/24' },
  },
  {
    name: 'rangeStart above rangeEnd',
    ipam: { ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.2.50', rangeEnd: '192.0.2.40' }]] },
    hostLocal: { refused: 'invalid range set 0: RangeStart 192.0.2.50 not in network 192.0.2.0/24' },
  },
  {
    name: 'every key of a range',
    ipam: {
      ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.2.40', rangeEnd: '192.0.2.50', gateway: '192.0.2.254' }]],
    },
    hostLocal: { ips: ['192.0.2.40/24 via 192.0.2.254'] },
  },
  {
    name: 'an address below the range',
    ipam: {
      ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.2.40', rangeEnd: '192.0.2.50', gateway: '192.0.2.254' }]],
    },
    args: 'IP=192.0.2.39',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.0.2.39' },
  },
  {
    name: 'the first address of the range',
    ipam: {
      ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.2.40', rangeEnd: '192.0.2.50', gateway: '192.0.2.254' }]],
    },
    args: 'IP=192.0.2.40',
    hostLocal: { ips: ['192.0.2.40/24 via 192.0.2.254'] },
  },
  {
    name: 'the last address of the range',
    ipam: {
      ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.2.40', rangeEnd: '192.0.2.50', gateway: '192.0.2.254' }]],
    },
    args: 'IP=192.0.2.50',
    hostLocal: { ips: ['192.0.2.50/24 via 192.0.2.254'] },
  },
  {
    name: 'an address above the range',
    ipam: {
      ranges: [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.2.40', rangeEnd: '192.0.2.50', gateway: '192.0.2.254' }]],
    },
    args: 'IP=192.0.2.51',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.0.2.51' },
  },
  {
    name: 'an address outside the subnet',
    ipam: { ranges: [[{ subnet: '192.0.2.0/24' }]] },
    args: 'IP=192.0.3.0',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.0.3.0' },
  },
  {
    name: 'an IPv6 address below the range',
    ipam: { ranges: [[{ subnet: '2001:DB8:1::/64', rangeStart: '2001:db8:1::40', rangeEnd: '2001:db8:1::50' }]] },
    args: 'IP=2001:db8:1::39',
    hostLocal: { refused: 'failed to allocate all requested IPs: 2001:db8:1::39' },
  },
  {
    name: 'the first IPv6 address of the range',
    ipam: { ranges: [[{ subnet: '2001:DB8:1::/64', rangeStart: '2001:db8:1::40', rangeEnd: '2001:db8:1::50' }]] },
    args: 'IP=2001:db8:1::40',
    hostLocal: { ips: ['2001:db8:1::40/64 via 2001:db8:1::1'] },
  },
  {
    name: 'the last IPv6 address of the range',
    ipam: { ranges: [[{ subnet: '2001:DB8:1::/64', rangeStart: '2001:db8:1::40', rangeEnd: '2001:db8:1::50' }]] },
    args: 'IP=2001:db8:1::50',
    hostLocal: { ips: ['2001:db8:1::50/64 via 2001:db8:1::1'] },
  },
  {
    name: 'an IPv6 address above the range',
    ipam: { ranges: [[{ subnet: '2001:DB8:1::/64', rangeStart: '2001:db8:1::40', rangeEnd: '2001:db8:1::50' }]] },
    args: 'IP=2001:db8:1::51',
    hostLocal: { refused: 'failed to allocate all requested IPs: 2001:db8:1::51' },
  },
  {
    name: 'neighbouring subnets',
    ipam: { ranges: [[{ subnet: '10.0.0.0/24' }], [{ subnet: '10.0.1.0/24' }]] },
    hostLocal: { ips: ['10.0.0.2/24 via 10.0.0.1', '10.0.1.2/24 via 10.0.1.1'] },
  },
  {
    name: 'subnets of two IP families with the same bits',
    ipam: { ranges: [[{ subnet: '0.0.0.0/24' }], [{ subnet: '::/24' }]] },
    hostLocal: { refused: 'failed to allocate for range 0: no IP addresses available in range set: ?01-0.0.0.254' },
    ours: { refused: 'no interface can have addresses of 0.0.0.0/8', because: 'no interface can have them' },
  },
  {
    name: 'a subnet twice',
    ipam: { ranges: [[{ subnet: '10.0.0.0/24' }], [{ subnet: '10.0.0.0/24' }]] },
    hostLocal: { refused: 'range set 0 overlaps with 1' },
  },
  {
    name: 'a subnet and one that it contains',
    ipam: { ranges: [[{ subnet: '10.0.0.0/20' }], [{ subnet: '10.0.1.0/24' }]] },
    hostLocal: { refused: 'range set 0 overlaps with 1' },
  },
  {
    name: 'two halves of a subnet',
    ipam: {
      ranges: [
        [{ subnet: '10.0.0.0/24', rangeEnd: '10.0.0.127' }],
        [{ subnet: '10.0.0.0/24', rangeStart: '10.0.0.128' }],
      ],
    },
    hostLocal: { ips: ['10.0.0.2/24 via 10.0.0.1', '10.0.0.128/24 via 10.0.0.1'] },
  },
  {
    name: 'two parts of a subnet that overlap',
    ipam: {
      ranges: [
        [{ subnet: '10.0.0.0/24', rangeEnd: '10.0.0.127' }],
        [{ subnet: '10.0.0.0/24', rangeStart: '10.0.0.127' }],
      ],
    },
    hostLocal: { refused: 'range set 0 overlaps with 1' },
  },
  {
    name: 'an address of the second subnet of a set',
    ipam: { ranges: [[{ subnet: '192.168.0.0/24' }, { subnet: '172.16.1.0/24' }]] },
    args: 'IP=172.16.1.55',
    hostLocal: { ips: ['172.16.1.55/24 via 172.16.1.1'] },
  },
  {
    name: 'an address of the first subnet of a set',
    ipam: { ranges: [[{ subnet: '192.168.0.0/24' }, { subnet: '172.16.1.0/24' }]] },
    args: 'IP=192.168.0.55',
    hostLocal: { ips: ['192.168.0.55/24 via 192.168.0.1'] },
  },
  {
    name: 'an address of no subnet of a set',
    ipam: { ranges: [[{ subnet: '192.168.0.0/24' }, { subnet: '172.16.1.0/24' }]] },
    args: 'IP=192.168.99.99',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.168.99.99' },
  },
  {
    name: 'subnets of a set that overlap',
    ipam: { ranges: [[{ subnet: '192.168.0.0/20' }, { subnet: '192.168.2.0/24' }]] },
    hostLocal: {
      refused: 'invalid range set 0: subnets 192.168.0.1-192.168.15.254 and 192.168.2.1-192.168.2.254 overlap',
    },
  },
  {
    name: 'sets whose subnets overlap',
    ipam: { ranges: [[{ subnet: '192.168.0.0/20' }], [{ subnet: '192.168.2.0/24' }]] },
    hostLocal: { refused: 'range set 0 overlaps with 1' },
  },
  {
    name: 'a range that is its subnet to the edges',
    ipam: {
      ranges: [
        [
          { subnet: '192.168.1.0/30', rangeStart: '192.168.1.0', rangeEnd: '192.168.1.3' },
          { subnet: '192.168.2.0/30', rangeStart: '192.168.2.0', rangeEnd: '192.168.2.3' },
        ],
      ],
    },
    hostLocal: { ips: ['192.168.1.0/30 via 192.168.1.1'] },
    ours: { ips: ['192.168.1.2/30 via 192.168.1.1'], because: 'the network address is never given' },
  },
  {
    name: 'a subnet of eight',
    ipam: { ranges: [[{ subnet: '10.0.0.0/29' }]] },
    hostLocal: { ips: ['10.0.0.2/29 via 10.0.0.1'] },
  },
  {
    name: 'an IPv6 subnet with a zero to spare',
    ipam: { ranges: [[{ subnet: '2001:db8:1::0/64' }]] },
    hostLocal: { ips: ['2001:db8:1::2/64 via 2001:db8:1::1'] },
  },
  {
    name: 'a subnet of four',
    ipam: { ranges: [[{ subnet: '10.0.0.0/30' }]] },
    hostLocal: { ips: ['10.0.0.2/30 via 10.0.0.1'] },
  },
  {
    name: 'two subnets of four',
    ipam: { ranges: [[{ subnet: '10.0.0.0/30' }, { subnet: '10.0.1.0/30' }]] },
    hostLocal: { ips: ['10.0.0.2/30 via 10.0.0.1'] },
  },
  {
    name: 'three subnets of four',
    ipam: { ranges: [[{ subnet: '10.0.0.0/30' }, { subnet: '10.0.1.0/30' }, { subnet: '10.0.2.0/30' }]] },
    hostLocal: { ips: ['10.0.0.2/30 via 10.0.0.1'] },
  },
  {
    name: 'an address asked for',
    ipam: { ranges: [[{ subnet: '192.168.1.0/29' }]] },
    args: 'IP=192.168.1.5',
    hostLocal: { ips: ['192.168.1.5/29 via 192.168.1.1'] },
  },
  {
    name: 'an address asked for after rangeEnd',
    ipam: { ranges: [[{ subnet: '192.168.1.0/29', rangeEnd: '192.168.1.4' }]] },
    args: 'IP=192.168.1.5',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.168.1.5' },
  },
  {
    name: 'an address asked for before rangeStart',
    ipam: { ranges: [[{ subnet: '192.168.1.0/29', rangeStart: '192.168.1.3' }]] },
    args: 'IP=192.168.1.2',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.168.1.2' },
  },
  {
    name: 'the broadcast address asked for',
    ipam: { ranges: [[{ subnet: '192.168.1.0/29' }]] },
    args: 'IP=192.168.1.7',
    hostLocal: { refused: 'failed to allocate all requested IPs: 192.168.1.7' },
  },
  {
    name: 'the gateway asked for',
    ipam: { ranges: [[{ subnet: '192.168.1.0/29' }]] },
    args: 'IP=192.168.1.1',
    hostLocal: { refused: "failed to allocate for range 0: requested ip 192.168.1.1 is subnet's gateway" },
  },
  {
    name: 'routes of both IP families and DNS from a file',
    ipam: {
      resolvConf: true,
      ranges: [[{ subnet: '10.1.2.0/24' }, { subnet: '10.2.2.0/24' }], [{ subnet: '2001:db8:1::0/64' }]],
      routes: [
        { dst: '0.0.0.0/0' },
        { dst: '::/0' },
        { dst: '192.168.0.0/16', gw: '1.1.1.1' },
        { dst: '2001:db8:2::0/64', gw: '2001:db8:3::1' },
      ],
    },
    hostLocal: {
      ips: ['10.1.2.2/24 via 10.1.2.1', '2001:db8:1::2/64 via 2001:db8:1::1'],
      routes: [
        { dst: '0.0.0.0/0' },
        { dst: '::/0' },
        { dst: '192.168.0.0/16', gw: '1.1.1.1' },
        { dst: '2001:db8:2::/64', gw: '2001:db8:3::1' },
      ],
      dns: {
        nameservers: ['192.0.2.3', '192.0.2.2'],
        domain: 'example.com',
        search: ['example.net', 'example.org', 'example.gov'],
        options: ['one', 'two', 'three', 'four'],
      },
    },
  },
  {
    name: 'DNS from a file',
    ipam: { resolvConf: true, ranges: [[{ subnet: '10.2.2.0/24' }]] },
    hostLocal: {
      ips: ['10.2.2.2/24 via 10.2.2.1'],
      dns: {
        nameservers: ['192.0.2.3', '192.0.2.2'],
        domain: 'example.com',
        search: ['example.net', 'example.org', 'example.gov'],
        options: ['one', 'two', 'three', 'four'],
      },
    },
  },
  {
    name: 'an old-style subnet alone',
    ipam: { subnet: '10.1.2.0/24' },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'an address in args',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24' }]] },
    more: { args: { cni: { ips: ['10.1.2.88'] } } },
    hostLocal: { ips: ['10.1.2.88/24 via 10.1.2.1'] },
  },
  {
    name: 'an address of each of two sets in args',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.1.3.0/24' }]] },
    more: { args: { cni: { ips: ['10.1.2.88', '10.1.3.77'] } } },
    hostLocal: { ips: ['10.1.2.88/24 via 10.1.2.1', '10.1.3.77/24 via 10.1.3.1'] },
  },
  {
    name: 'an address of each of two sets in 0.2.0',
    cniVersion: '0.2.0',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.1.3.0/24' }]] },
    more: { args: { cni: { ips: ['10.1.2.88', '10.1.3.77'] } } },
    hostLocal: { refused: 'CNI version 0.2.0 does not support more than 1 address per family' },
  },
  {
    name: 'an address of each IP family in args',
    ipam: { ranges: [[{ subnet: '172.16.1.0/24' }, { subnet: '10.1.2.0/24' }], [{ subnet: '2001:db8:1::/48' }]] },
    more: { args: { cni: { ips: ['10.1.2.88', '2001:db8:1::999'] } } },
    hostLocal: { ips: ['10.1.2.88/24 via 10.1.2.1', '2001:db8:1::999/48 via 2001:db8:1::1'] },
  },
  {
    name: 'two addresses of one set in args',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.1.3.0/24' }]] },
    more: { args: { cni: { ips: ['10.1.2.88', '10.1.2.77'] } } },
    hostLocal: { refused: 'failed to allocate all requested IPs: 10.1.2.77' },
  },
  {
    name: 'an IPv6 gateway outside the subnet',
    ipam: { ranges: [[{ subnet: '2001:db8:5:333::/64', gateway: '2001:db8:5::1' }]] },
    hostLocal: { ips: ['2001:db8:5:333::1/64 via 2001:db8:5::1'] },
  },
  {
    name: 'a link-local IPv6 gateway',
    ipam: { ranges: [[{ subnet: '2001:db8:5:333::/64', gateway: 'fe80::1' }]] },
    hostLocal: { ips: ['2001:db8:5:333::1/64 via fe80::1'] },
  },
  {
    name: 'a link-local IPv4 gateway',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', gateway: '169.254.1.1' }]] },
    hostLocal: { ips: ['10.1.2.1/24 via 169.254.1.1'] },
  },
  {
    name: 'an IPv4 gateway outside the subnet',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', gateway: '10.1.3.1' }]] },
    hostLocal: { ips: ['10.1.2.1/24 via 10.1.3.1'] },
  },
  {
    name: 'an old-style gateway outside the subnet',
    ipam: { subnet: '10.1.2.0/24', gateway: '10.1.3.1' },
    hostLocal: { ips: ['10.1.2.1/24 via 10.1.3.1'] },
  },
  {
    name: 'a gateway of the other IP family',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', gateway: 'fe80::1' }]] },
    hostLocal: { ips: ['10.1.2.1/24 via fe80::1'] },
    ours: { refused: 'gateway fe80::1 is an IPv6 address', because: 'no reference plugin can set such a route' },
  },
  {
    name: 'empty and null keys of a range',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '', rangeEnd: null, gateway: '' }]] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'empty and null keys of an old-style range',
    ipam: { subnet: '10.1.2.0/24', rangeStart: null, rangeEnd: '', gateway: '' },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'null for every list and object',
    ipam: { subnet: '10.1.2.0/24', ranges: null, routes: null, resolvConf: null },
    more: { args: null, runtimeConfig: null, prevResult: null, dns: null },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'null inside args and runtimeConfig',
    ipam: { subnet: '10.1.2.0/24' },
    more: { args: { cni: null }, runtimeConfig: { ips: null, ipRanges: null } },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'null for the addresses of args',
    ipam: { subnet: '10.1.2.0/24' },
    more: { args: { cni: { ips: null } } },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'an empty text for the resolv.conf',
    ipam: { subnet: '10.1.2.0/24', resolvConf: '' },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  { name: 'a subnet that is null', ipam: { subnet: null }, hostLocal: { refused: 'invalid CIDR address: ' } },
  {
    name: 'a subnet that is null beside ranges',
    ipam: { subnet: null, ranges: [[{ subnet: '10.1.2.0/24' }]] },
    hostLocal: { refused: 'invalid CIDR address: ' },
  },
  {
    name: 'a subnet that is empty',
    ipam: { ranges: [[{ subnet: '' }]] },
    hostLocal: { refused: 'invalid CIDR address: ' },
  },
  {
    name: 'a range that is null',
    ipam: { ranges: [[null]] },
    hostLocal: { refused: 'invalid range set 0: IP <nil> not v4 nor v6' },
  },
  {
    name: 'a set that is null',
    ipam: { ranges: [null] },
    hostLocal: { refused: 'invalid range set 0: empty range set' },
  },
  {
    name: 'a set without ranges',
    ipam: { ranges: [[]] },
    hostLocal: { refused: 'invalid range set 0: empty range set' },
  },
  {
    name: 'an empty address in args',
    ipam: { subnet: '10.1.2.0/24' },
    more: { args: { cni: { ips: [''] } } },
    hostLocal: { refused: 'cannot understand ip: IP <nil> not v4 nor v6' },
  },
  {
    name: 'an address twice in args',
    ipam: { subnet: '10.1.2.0/24' },
    more: { args: { cni: { ips: ['10.1.2.5', '10.1.2.5'] } } },
    hostLocal: { ips: ['10.1.2.5/24 via 10.1.2.1'] },
  },
  {
    name: 'an address in CNI_ARGS and args',
    ipam: { subnet: '10.1.2.0/24' },
    more: { args: { cni: { ips: ['10.1.2.5/24'] } } },
    args: 'IP=10.1.2.5',
    hostLocal: { ips: ['10.1.2.5/24 via 10.1.2.1'] },
  },
  {
    name: 'an address that is no list',
    ipam: { subnet: '10.1.2.0/24' },
    more: { args: { cni: { ips: '10.1.2.5' } } },
    hostLocal: { refused: 'json: cannot unmarshal string into Go struct field IPAMArgs.args.cni.ips of type []*ip.IP' },
  },
  {
    name: 'an address in its IPv6 form',
    ipam: { subnet: '10.1.2.0/24' },
    args: 'IP=::ffff:10.1.2.9',
    hostLocal: { ips: ['10.1.2.9/24 via 10.1.2.1'] },
  },
  {
    name: 'an empty IP in CNI_ARGS',
    ipam: { subnet: '10.1.2.0/24' },
    args: 'IP=',
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'a rangeStart in its IPv6 form',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '::ffff:10.1.2.9' }]] },
    hostLocal: { ips: ['10.1.2.9/24 via 10.1.2.1'] },
  },
  {
    name: 'a subnet in its IPv6 form',
    ipam: { ranges: [[{ subnet: '::ffff:10.1.2.0/120' }]] },
    hostLocal: { refused: 'invalid range set 0: IPNet IP and Mask version mismatch' },
  },
  {
    name: 'keys in other cases',
    ipam: { SUBNET: '10.1.2.0/24', RangeStart: '10.1.2.7', Routes: [{ DST: '10.9.0.0/16', Gw: '10.1.2.3' }] },
    more: { Args: { CNI: { IPS: ['10.1.2.8'] } } },
    hostLocal: { ips: ['10.1.2.8/24 via 10.1.2.1'], routes: [{ dst: '10.9.0.0/16', gw: '10.1.2.3' }] },
  },
  {
    name: 'a key twice in two cases',
    ipam: { Subnet: '10.9.9.0/24', subnet: '10.1.2.0/24' },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'rangeStart without a subnet, beside ranges',
    ipam: { rangeStart: '10.1.2.9', gateway: '10.1.2.7', ranges: [[{ subnet: '10.1.2.0/24' }]] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'keys of other plugins',
    ipam: {
      subnet: '10.1.2.0/24',
      etcdConfig: { etcdURL: 'https://192.0.2.1:2379' },
      kubernetes: { kubeconfig: '/x' },
    },
    more: {
      bridge: 'cni0',
      mtu: 1400,
      disableCheck: true,
      disableGC: true,
      loadOnlyInlinedPlugins: true,
      capabilities: { ips: true },
    },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'an old-style subnet that is among the ranges, too',
    ipam: { subnet: '10.1.2.0/24', ranges: [[{ subnet: '10.1.2.0/24' }]] },
    hostLocal: { refused: 'range set 0 overlaps with 1' },
  },
  {
    name: 'an empty list of ranges beside a subnet',
    ipam: { subnet: '10.1.2.0/24', ranges: [] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'a route that is null',
    ipam: { subnet: '10.1.2.0/24', routes: [null, { dst: '10.9.0.0/16' }] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'], routes: [null, { dst: '10.9.0.0/16' }] },
    ours: {
      ips: ['10.1.2.2/24 via 10.1.2.1'],
      routes: [{ dst: '10.9.0.0/16' }],
      because: 'null is no route, and makes the plugins that read it crash',
    },
  },
  {
    name: 'a route with an empty gateway',
    ipam: { subnet: '10.1.2.0/24', routes: [{ dst: '10.9.0.0/16', gw: '' }] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'], routes: [{ dst: '10.9.0.0/16' }] },
  },
  {
    name: 'a route with host bits',
    ipam: { subnet: '10.1.2.0/24', routes: [{ dst: '10.9.0.5/16' }] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'], routes: [{ dst: '10.9.0.5/16' }] },
    ours: {
      ips: ['10.1.2.2/24 via 10.1.2.1'],
      routes: [{ dst: '10.9.0.0/16' }],
      because: 'kernels refuse host bits: the network is meant',
    },
  },
  {
    name: 'a route twice',
    ipam: { subnet: '10.1.2.0/24', routes: [{ dst: '10.9.0.0/16' }, { dst: '10.9.0.0/16' }] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'], routes: [{ dst: '10.9.0.0/16' }, { dst: '10.9.0.0/16' }] },
  },
  {
    name: 'a default route of IPv6 without an IPv6 address',
    ipam: { subnet: '10.1.2.0/24', routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'], routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }] },
  },
  {
    name: 'a length with leading zeros',
    ipam: { ranges: [[{ subnet: '10.1.2.0/024' }]] },
    hostLocal: { ips: ['10.1.2.2/24 via 10.1.2.1'] },
  },
  {
    name: 'an octet with a leading zero',
    ipam: { ranges: [[{ subnet: '010.1.2.0/24' }]] },
    hostLocal: { refused: 'invalid CIDR address: 010.1.2.0/24' },
  },
  {
    name: 'a blank before the subnet',
    ipam: { ranges: [[{ subnet: ' 10.1.2.0/24' }]] },
    hostLocal: { refused: 'invalid CIDR address:  10.1.2.0/24' },
  },
  {
    name: 'the gateway as the only address of the range',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.1', rangeEnd: '10.1.2.1' }]] },
    hostLocal: { refused: 'failed to allocate for range 0: no IP addresses available in range set: 10.1.2.1-10.1.2.1' },
  },
  {
    name: 'the network address as the range',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.0', rangeEnd: '10.1.2.0' }]] },
    hostLocal: { ips: ['10.1.2.0/24 via 10.1.2.1'] },
    ours: { refused: 'no address is left to give out', because: 'the network address is never given' },
  },
  {
    name: 'the broadcast address as the range',
    ipam: { ranges: [[{ subnet: '10.1.2.0/24', rangeStart: '10.1.2.255' }]] },
    hostLocal: { ips: ['10.1.2.255/24 via 10.1.2.1'] },
    ours: { refused: 'no address is left to give out', because: 'the broadcast address is never given' },
  },
  {
    name: 'a subnet of loopback',
    ipam: { ranges: [[{ subnet: '127.0.0.0/24' }]] },
    hostLocal: { ips: ['127.0.0.2/24 via 127.0.0.1'] },
    ours: { refused: 'no interface can have addresses of 127.0.0.0/8', because: 'no interface can have them' },
  },
  {
    name: 'a subnet of multicast',
    ipam: { ranges: [[{ subnet: '224.0.0.0/24' }]] },
    hostLocal: { ips: ['224.0.0.2/24 via 224.0.0.1'] },
    ours: { refused: 'no interface can have addresses of 224.0.0.0/4', because: 'no interface can have them' },
  },
  {
    name: 'an IPv6 subnet of two addresses',
    ipam: { ranges: [[{ subnet: '2001:db8::/127' }]] },
    hostLocal: { refused: 'invalid range set 0: Network 2001:db8::/127 too small to allocate from' },
    ours: { ips: ['2001:db8::/127'], because: "RFC 6164: both addresses are hosts'" },
  },
  {
    name: 'a subnet of one address',
    ipam: { ranges: [[{ subnet: '10.1.2.3/32' }]] },
    hostLocal: { refused: 'invalid range set 0: Network 10.1.2.3/32 too small to allocate from' },
  },
];
