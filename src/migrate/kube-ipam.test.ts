import { describe, expect, it } from 'vitest';
import { formatAddress } from '../ip/address.ts';
import { kubeIpamHoldings, kubeIpamPrefix } from './kube-ipam.ts';

const ranges = JSON.stringify([
  [{ subnet: '10.1.0.9/24', rangeStart: '10.1.0.10', rangeEnd: '', gateway: '10.1.0.1' }],
]);

function read(entries: Readonly<Record<string, string>>) {
  const found = kubeIpamHoldings(Object.entries(entries).map(([key, value]) => [`${kubeIpamPrefix}${key}`, value]));
  return {
    leases: found.leases.map(
      ({ address, attachment, pools }) => `${formatAddress(address)} ${attachment.containerId} ${pools.length}`,
    ),
    conflicts: found.conflicts.map(({ subject, reason }) => `${subject}: ${reason}`).join('\n'),
    subnets: found.pools.map(({ spec }) => spec.subnet),
  };
}

describe('what kube-ipam has given out', () => {
  it('is read with ranges whose host bits are set and whose ends are empty', () => {
    const entries = { net: ranges, 'net/used/10.1.0.10': 'c1', 'net/lastReserved/0': '10.1.0.10', 'net/lock': '77' };
    expect(read(entries)).toEqual({ leases: ['10.1.0.10 c1 1'], conflicts: '', subnets: ['10.1.0.0/24'] });
  });

  it('is read whichever key comes first', () => {
    expect(read({ 'net/used/10.1.0.10': 'c1', net: ranges }).leases).toEqual(['10.1.0.10 c1 1']);
  });

  it.each([
    ['net/used/10.1.0.x', 'c1', /networks\/net\/used\/10\.1\.0\.x: it names no address or no container/],
    ['net/used/', 'c1', /it names no address/],
    ['net/used/10.1.0.10', '', /it names no address or no container/],
    ['other', 'null', /networks\/other: it holds no list of ranges/],
    ['other', '[', /networks\/other: it is not JSON/],
    ['other', '[[{}]]', /networks\/other: network "other"/],
    ['other', '[[{"subnet":"x"}]]', /networks\/other: network "other"/],
    ['a/b/used/10.1.0.1', 'c', /kube-ipam writes no such key/],
    ['net/other/10.1.0.1', 'c', /kube-ipam writes no such key/],
    ['', 'c', /kube-ipam writes no such key/],
  ])('and cannot be read is a conflict that names the key: %s', (key, value, message) => {
    const { conflicts, subnets } = read({ net: ranges, [key]: value });
    expect(conflicts).toMatch(message);
    expect(subnets).toEqual(['10.1.0.0/24']);
  });
});
