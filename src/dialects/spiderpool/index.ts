import { configurationDialect, type Dialect } from '../dialect.ts';
import { keys, program } from './configuration.ts';
import { annotationsToRequest, configurationToRequest } from './to-request.ts';
import { unsupported } from './unsupported.ts';

export const spiderpool: Dialect = {
  name: 'Spiderpool',
  unsupported,
  annotations: { toRequest: annotationsToRequest },
  configuration: configurationDialect({ programs: [program], keys, toRequest: configurationToRequest }),
};
