import type { Unsupported } from '../dialect.ts';
import { isAmong } from '../named.ts';
import { annotationNames } from '../spiderpool/annotations.ts';

/** Cilium's own IPAM reads these, for the interface that it sets up. */
export const unsupported: Unsupported = {
  annotations: {
    matches: isAmong('ipam.cilium.io/ip-pool', 'ipam.cilium.io/require-pool-match'),
    reason: 'it speaks to the IPAM of another CNI plugin, and this one does not read it',
    advice: `remove it, and name a SpiderIPPool in ${annotationNames.ippool} instead`,
    onDefaultInterface: true,
  },
};
