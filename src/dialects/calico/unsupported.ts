import type { Unsupported } from '../dialect.ts';
import { isAmong } from '../named.ts';
import { annotationNames } from '../spiderpool/annotations.ts';

/** Calico's own IPAM reads these, for the interface that it sets up; `ipAddrs` is served. */
export const unsupported: Unsupported = {
  annotations: {
    matches: isAmong(
      'cni.projectcalico.org/ipAddrsNoIpam',
      'cni.projectcalico.org/ipv4pools',
      'cni.projectcalico.org/ipv6pools',
    ),
    reason: 'it speaks to the IPAM of another CNI plugin, and this one does not read it',
    advice: `remove it, and name a SpiderIPPool in ${annotationNames.ippool} instead`,
    onDefaultInterface: true,
  },
  keys: {
    assign_ipv4: "Calico's key: write families",
    assign_ipv6: "Calico's key: write families",
    ipv4_pools: "Calico's key: write pools",
    ipv6_pools: "Calico's key: write pools",
  },
};
