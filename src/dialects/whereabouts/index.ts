import type { Dialect } from '../dialect.ts';
import { unsupported } from './unsupported.ts';

export const whereabouts: Dialect = { name: 'Whereabouts', unsupported };
