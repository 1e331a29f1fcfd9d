import { describe, expect, it } from 'vitest';
import { daemonAddress, formatHostPort, isWildcard, parseHostPort, peerUrl } from './addresses.ts';

describe('the addresses of a member', () => {
  it.each([
    ['10.0.0.1:7000', false, 'http://10.0.0.1:7001'],
    ['ipam-1:7000', true, 'https://ipam-1:7001'],
    ['[fd00::1]:7000', false, 'http://[fd00::1]:7001'],
  ])('%s (TLS: %s) has its consensus on %s', (address, tls, url) => {
    expect(peerUrl(parseHostPort(address), tls)).toBe(url);
    expect(formatHostPort(daemonAddress(url))).toBe(address);
  });

  it.each([
    ['', true],
    ['0.0.0.0', true],
    ['::', true],
    ['10.0.0.1', false],
    ['fd00::1', false],
  ])('"%s" is every address: %s', (host, every) => expect(isWildcard(host)).toBe(every));
});
