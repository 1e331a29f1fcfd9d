import { configurationDialect, type Dialect } from '../dialect.ts';
import { annotationNames } from './annotations.ts';
import { keys, places, program } from './configuration.ts';
import { withFixedRest } from './ranges.ts';
import { fixedAddresses } from './to-request.ts';
import { unsupported } from './unsupported.ts';

export const kubeIpam: Dialect = {
  name: 'kube-ipam',
  unsupported,
  annotations: { fixedAddresses: { names: Object.values(annotationNames), read: fixedAddresses } },
  configuration: configurationDialect({
    programs: [program],
    keys,
    places,
    toRequest: () => ({}),
    besideRanges: withFixedRest,
  }),
};
