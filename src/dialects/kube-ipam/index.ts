import type { Dialect } from '../dialect.ts';
import { unsupported } from './unsupported.ts';

export const kubeIpam: Dialect = { name: 'kube-ipam', unsupported };
