import type { Unsupported } from '../dialect.ts';
import { isAmong } from '../named.ts';
import { annotationNames } from './annotations.ts';

export const unsupported: Unsupported = {
  annotations: {
    matches: isAmong(
      annotationNames.subnets,
      annotationNames.subnet,
      'ipam.spidernet.io/ippool-ip-number',
      'ipam.spidernet.io/ippool-reclaim',
    ),
    reason: 'automatic pools from a subnet come with a later version',
    advice: `create a SpiderIPPool and name it in ${annotationNames.ippool} instead`,
  },
};
