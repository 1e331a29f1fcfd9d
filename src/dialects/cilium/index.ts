import type { Dialect } from '../dialect.ts';
import { annotationsToRequest } from './to-request.ts';

export const cilium: Dialect = { name: 'Cilium', annotations: { toRequest: annotationsToRequest } };
