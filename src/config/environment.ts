import { parseWith } from '../resources/schema.ts';
import type { SettingRows } from './setting.ts';

/**
 * What the environment says of settings that are read from it, by the rows' names. A variable that is empty says nothing.
 * @throws IpamError invalid-config naming the variable, the value and what is allowed
 */
export function environmentSaid(
  rows: SettingRows,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([name, { environment: variable, fromFlag, schema }]) => {
      const text = variable === undefined ? '' : (environment[variable] ?? '').trim();
      if (variable === undefined || text === '') return [];
      return [[name, parseWith(schema, fromFlag === undefined ? text : fromFlag(text), variable)]];
    }),
  );
}
