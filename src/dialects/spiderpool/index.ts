import { configurationDialect, type Dialect } from '../dialect.ts';
import { keys, program } from './configuration.ts';
import { subnetsAnnotation } from './subnets.ts';
import { annotationsToRequest, configurationToRequest } from './to-request.ts';

export const spiderpool: Dialect = {
  name: 'Spiderpool',
  annotations: { toRequest: annotationsToRequest, automaticPools: subnetsAnnotation },
  configuration: configurationDialect({ programs: [program], keys, toRequest: configurationToRequest }),
};
