import { annotationNames } from './annotations.ts';
import { IpamError } from './errors.ts';
import type { Labels } from './label-selector.ts';

/** Annotations that ask for addresses in a way that is not served, and what to do instead. */
interface Unsupported {
  readonly matches: (name: string) => boolean;
  readonly reason: string;
  readonly advice: string;
}

const named = (...names: readonly string[]): ((name: string) => boolean) => {
  const set = new Set(names);
  return (name) => set.has(name);
};

const automaticPools: Unsupported = {
  matches: named(
    annotationNames.subnets,
    annotationNames.subnet,
    'ipam.spidernet.io/ippool-ip-number',
    'ipam.spidernet.io/ippool-reclaim',
  ),
  reason: 'automatic pools from a subnet come with a later version',
  advice: `create a SpiderIPPool and name it in ${annotationNames.ippool} instead`,
};

const kubeIpam: Unsupported = {
  matches: (name) => name.startsWith('kube-ipam.'),
  reason: "kube-ipam's fixed addresses come with a later version",
  advice: `remove the annotation, or make a SpiderIPPool of that one address and name it in ${annotationNames.ippool}`,
};

/** Calico's and Cilium's own IPAM read these, for the interface that they set up. */
const ofOtherIpams: Unsupported = {
  matches: named(
    'cni.projectcalico.org/ipAddrs',
    'cni.projectcalico.org/ipAddrsNoIpam',
    'cni.projectcalico.org/ipv4pools',
    'cni.projectcalico.org/ipv6pools',
    'ipam.cilium.io/ip-pool',
    'ipam.cilium.io/require-pool-match',
  ),
  reason: 'it speaks to the IPAM of another CNI plugin, and this one does not read it',
  advice: `remove it, and name a SpiderIPPool in ${annotationNames.ippool} instead`,
};

/** What container runtimes call the interface of a Pod's default network. */
const defaultInterface = 'eth0';

/**
 * An address from elsewhere than a Pod asks for is worse than none. What another plugin's IPAM reads is refused for the
 * default interface only: with one of ours beside it, that plugin has the other interfaces.
 * @throws IpamError unsupported
 */
export function refuseUnsupported(annotations: Labels, subject: string, ifname: string): void {
  const kinds = ifname === defaultInterface ? [automaticPools, kubeIpam, ofOtherIpams] : [automaticPools, kubeIpam];
  for (const { matches, reason, advice } of kinds) {
    const name = Object.keys(annotations).find(matches);
    if (name === undefined) continue;
    throw new IpamError('unsupported', `${subject}: annotation ${name}: ${reason}`, {
      advice,
      facts: { annotation: name },
    });
  }
}
