import { configurationDialect, type Dialect } from '../dialect.ts';
import { keys, places, runtimeKeys, runtimePlaces } from './configuration.ts';
import { configurationToRequest } from './to-request.ts';

export const hostLocal: Dialect = {
  name: 'host-local',
  configuration: configurationDialect({ keys, places, runtimeKeys, runtimePlaces, toRequest: configurationToRequest }),
};
