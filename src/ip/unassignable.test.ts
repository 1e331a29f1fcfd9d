import { describe, expect, it } from 'vitest';
import { parsePrefix } from './prefix.ts';
import { whyUnassignable } from './unassignable.ts';

describe('a subnet', () => {
  it.each([
    ['0.0.0.0/8', 'this network'],
    ['0.1.0.0/16', 'this network'],
    ['0.0.0.0/0', 'this network'],
    ['127.0.0.0/8', 'loopback'],
    ['127.5.0.0/24', 'loopback'],
    ['64.0.0.0/2', 'loopback'],
    ['224.0.0.0/24', 'multicast'],
    ['239.1.2.0/28', 'multicast'],
    ['255.255.255.0/24', 'limited broadcast'],
    ['::/64', 'loopback'],
    ['::/128', 'loopback'],
    ['::1/128', 'loopback'],
    ['::10.0.0.0/120', 'IPv4-compatible'],
    ['::ffff:10.3.0.0/120', 'IPv6 form'],
    ['ff02::/64', 'multicast'],
    ['ff00::/8', 'multicast'],
    ['::/0', 'loopback'],
  ])('%s is not one of Pods', (text, reason) => {
    expect(whyUnassignable(parsePrefix(text))).toContain(reason);
  });

  it.each([
    '1.0.0.0/24',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '126.0.0.0/8',
    '128.0.0.0/16',
    '169.254.0.0/16',
    '223.255.255.0/24',
    '240.0.0.0/8',
    '255.255.254.0/24',
    '64:ff9b::/96',
    '2001:db8::/32',
    'fd00::/8',
    'fe80::/64',
    'fec0::/10',
  ])('%s may be one of Pods', (text) => {
    expect(whyUnassignable(parsePrefix(text))).toBeUndefined();
  });
});
