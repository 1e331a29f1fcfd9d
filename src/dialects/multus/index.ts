import type { Dialect } from '../dialect.ts';
import { interfaceNetwork } from './interfaces.ts';

/** It asks for no address: its annotations say which networks a Pod's interfaces are of. */
export const multus: Dialect = { name: 'Multus', interfaceNetwork };
