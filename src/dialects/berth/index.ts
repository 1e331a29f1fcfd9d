import { configurationDialect, type Dialect } from '../dialect.ts';
import { purposeByAnnotation, stayByAnnotation } from './annotations.ts';
import { keys, programs } from './configuration.ts';
import { configurationToRequest } from './to-request.ts';

export const berth: Dialect = {
  name: 'Berth',
  annotations: { stay: stayByAnnotation, toRequest: purposeByAnnotation },
  configuration: configurationDialect({ programs, keys, toRequest: configurationToRequest }),
};
