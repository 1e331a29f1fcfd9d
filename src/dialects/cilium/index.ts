import type { Dialect } from '../dialect.ts';
import { unsupported } from './unsupported.ts';

export const cilium: Dialect = { name: 'Cilium', unsupported };
