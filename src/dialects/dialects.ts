import type { ConfigurationDialect, Dialect } from './dialect.ts';
import * as registered from './registered.ts';

export const dialects: readonly Dialect[] = Object.values(registered);

/** Those that have keys of a network configuration. */
export const configurations: readonly ConfigurationDialect[] = dialects.flatMap(
  ({ configuration }) => configuration ?? [],
);
