import type { Dialect } from '../dialect.ts';
import { ipAddrs } from './annotations.ts';
import { fixedAddresses } from './to-request.ts';
import { unsupported } from './unsupported.ts';

export const calico: Dialect = {
  name: 'Calico',
  unsupported,
  annotations: { fixedAddresses: { names: [ipAddrs], read: fixedAddresses } },
};
