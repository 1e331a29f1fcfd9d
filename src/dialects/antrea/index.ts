import type { Dialect } from '../dialect.ts';
import { unsupported } from './unsupported.ts';

export const antrea: Dialect = { name: 'Antrea', unsupported };
