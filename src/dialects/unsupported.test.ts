import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { refuseUnsupported } from './unsupported.ts';

const pod = 'Pod "shop/web-0"';

function refusal(name: string, ifname: string): string {
  try {
    refuseUnsupported({ [name]: 'x', 'example.com/other': 'y' }, pod, ifname);
    return '';
  } catch (error) {
    if (error instanceof IpamError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('annotations that ask for addresses in a way that is not served', () => {
  it.each(['kube-ipam.subnet', 'kube-ipam.IP'])('are refused by name where kube-ipam has none such: %s', (name) => {
    expect(refusal(name, 'net1')).toBe(`unsupported: ${pod}: annotation ${name}: kube-ipam has no such annotation`);
  });

  it.each([
    'kube-ipam.ip',
    'kube-ipam.netmask',
    'kube-ipam.gateway',
    'cni.projectcalico.org/ipAddrs',
    'ipam.spidernet.io/subnet',
    'ipam.spidernet.io/subnets',
    'ipam.spidernet.io/ippool-ip-number',
    'ipam.spidernet.io/ippool-reclaim',
    'ipam.cilium.io/ip-pool',
    'ipam.cilium.io/require-pool-match',
  ])('are not those that are served: %s', (name) => expect(refusal(name, 'eth0')).toBe(''));

  it.each(['cni.projectcalico.org/ipAddrsNoIpam', 'cni.projectcalico.org/ipv4pools'])(
    "are refused by name on the default interface, and are another plugin's business on others: %s",
    (name) => {
      expect(refusal(name, 'eth0')).toContain(
        `unsupported: ${pod}: annotation ${name}: it speaks to the IPAM of another`,
      );
      expect(refusal(name, 'net1')).toBe('');
    },
  );

  it('are not all annotations', () => expect(refusal('k8s.v1.cni.cncf.io/networks', 'eth0')).toBe(''));
});
