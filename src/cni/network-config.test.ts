import { describe, expect, it } from 'vitest';
import { configVersion, decodeConfig, networkConfig, servedNetwork } from './network-config.ts';

const network = (ipam: object, more: object = {}) =>
  networkConfig({ name: 'net', cniVersion: '1.0.0', ipam: { type: 'ipam-plugin', ...ipam }, ...more });

describe('a network configuration', () => {
  it.each([
    ['nothing', '  \n', 'no network configuration on standard input'],
    ['what is not JSON', '{', 'the network configuration is not JSON: '],
    ['a list', '[]', 'the network configuration is not a JSON object'],
    ['a byte order mark', '\ufeff{}', 'begins with a byte order mark'],
  ])('is not %s', (_what, text, says) => expect(() => decodeConfig(Buffer.from(text))).toThrow(says));

  it('says its version as a text', () => {
    expect(() => configVersion({ cniVersion: 1 })).toThrow('cniVersion is 1, not a text');
  });

  it.each<[string, object, string]>([
    ['a pool without a name', { pools: [''] }, 'network "net": ipam.pools.0'],
    ['a socket that is no path', { daemonSocket: 'ipam.sock' }, 'ipam.daemonSocket: not an absolute path'],
    ['an IP family twice', { families: [4, 4] }, 'an IP family stands twice'],
    ['a subnet with host bits', { ranges: [[{ subnet: '10.0.0.1/24' }]] }, 'host bits are set'],
    ['an empty range set', { ranges: [[]] }, 'an empty range set'],
    ['a route to another family', { routes: [{ dst: '10.0.0.0/8', gw: 'fd00::1' }] }, 'are of different IP families'],
    ['a pattern that is none', { default_ipv4_ippool: ['['] }, 'not a pattern'],
    ['what Spiderpool does and we do not', { match_master_subnet: true }, 'come with a later version'],
    [
      'an unknown key in a range',
      { ranges: [[{ subnet: '10.0.0.0/24', start: 'x' }]] },
      'unsupported ipam.ranges.0.0.start',
    ],
  ])('is refused for %s', (_what, ipam, says) => expect(() => network(ipam)).toThrow(says));

  it('is refused without a name, and with one that is none', () => {
    expect(() => networkConfig({ cniVersion: '1.0.0' })).toThrow('the network has no name');
    expect(() => network({}, { name: 'a/b' })).toThrow('letters, digits, "_", "." and "-" only');
  });

  it.each([
    ['the name by which it was called', 'ipam-plugin', 'ipam-plugin'],
    ["Spiderpool's", 'spiderpool', 'ipam-plugin'],
    ["kube-ipam's", 'kube-ipam', 'kube-ipam'],
    ['a link of another name, that was called', 'my-ipam', 'my-ipam'],
  ])('is served whose type is %s', (_whose, type, program) => {
    expect(servedNetwork({ name: 'net', ipam: { type } }, program).name).toBe('net');
  });

  it("is not served when its type is another plugin's", () => {
    expect(() => servedNetwork({ name: 'net', ipam: { type: 'host-local' } }, 'ipam-plugin')).toThrow(
      'ipam.type "host-local" is not served by ipam-plugin; it serves ipam-plugin, ipam-cni, cni-plugin, kube-ipam, spiderpool',
    );
  });
});
