import type { Dialect } from '../dialect.ts';
import { unsupported } from './unsupported.ts';

export const calico: Dialect = { name: 'Calico', unsupported };
