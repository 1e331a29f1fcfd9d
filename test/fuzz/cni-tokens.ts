const keys = [
  ...['cniVersion', 'name', 'type', 'ipam', 'args', 'cni', 'ips', 'runtimeConfig', 'ipRanges', 'prevResult', 'address'],
  ...['cni.dev/valid-attachments', 'cni.dev/attachments', 'containerID', 'ifname', 'daemonSocket', 'clusterCIDR'],
  ...['nodeBlockSize', 'pools', 'families', 'routes', 'dst', 'gw', 'resolvConf', 'dns', 'nameservers', 'ranges'],
  ...['subnet', 'rangeStart', 'rangeEnd', 'gateway', 'dataDir', '__proto__', 'constructor', 'toString'],
];
const texts = [
  ...[
    'ipam-plugin',
    'ipam-cni',
    'host-local',
    'cluster-ipv4',
    'cluster-ipv6',
    '',
    'a/b',
    '\\u0000',
    '\\ud800',
    '\\u007f',
  ],
  ...['0.1.0', '0.2.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0', '10.0.0.0/26', 'fd00::/112', '10.0.0.2', 'fd00::2'],
  ...['10.9.0.0/29', '10.0.0.0/8', '0.0.0.0/0', '::/0', 'fd01::/64', '10.9.0.1', '10.9.0.6', 'fd01::9', '10.0.0.7/24'],
];

/** Words of network configurations. */
export const cniTokens: readonly string[] = [
  ...keys.map((key) => `"${key}"`),
  ...texts.map((text) => `"${text}"`),
  ...keys.slice(0, 30).map((key) => `,"${key}":`),
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '{}',
    '[]',
    '[[{',
    '}]]',
    'null',
    'true',
    'false',
    '0',
    '4',
    '6',
    '28',
    '-1',
    '1e400',
  ],
  ...['[4]', '[6]', '[4,6]', '{"subnet":"10.9.0.0/29"}', '{"subnet":"fd01::/64"}', '{"dst":"0.0.0.0/0"}'],
];
