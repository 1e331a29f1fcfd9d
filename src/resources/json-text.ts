import { IpamError } from './errors.ts';
import { isTooDeep, nestingLimit } from './nesting.ts';

/** A text that holds JSON. @param where it stands, for the message @throws IpamError invalid-config */
export function parseJsonText(text: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new IpamError('invalid-config', `${where}: not JSON: ${(error as Error).message}`);
  }
  if (isTooDeep(value)) throw new IpamError('invalid-config', `${where}: nested more than ${nestingLimit} levels deep`);
  return value;
}
