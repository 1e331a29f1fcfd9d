import type { Dialect } from '../dialect.ts';
import { unsupported } from './unsupported.ts';

export const staticAddresses: Dialect = { name: 'static', unsupported };
