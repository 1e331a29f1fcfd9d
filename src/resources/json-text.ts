import { IpamError } from './errors.ts';
import { jsonProblem } from './json-problem.ts';
import { isTooDeep, nestingLimit } from './nesting.ts';

/** A text that holds JSON. @param where it stands, for the message @throws IpamError invalid-config */
export function parseJsonText(text: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new IpamError('invalid-config', `${where}: not JSON: ${jsonProblem(text) ?? (error as Error).message}`);
  }
  if (isTooDeep(value)) throw new IpamError('invalid-config', `${where}: nested more than ${nestingLimit} levels deep`);
  return value;
}

/**
 * JSON of a value in which counts may be larger than a number can say exactly: those are bigints, and stand as they are.
 * Without one it costs what JSON.stringify does.
 */
export function formatJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(
      value,
      (_key, member: unknown) => (typeof member === 'bigint' ? raw(member) : member),
      indent,
    );
  }
}

/** An integer of so many digits may be one that a number cannot say exactly. */
const longInteger = /[:[,]\s*-?\d{16,}\s*[,}\]]/;

/** The value of a JSON text that `formatJson` or a Go program wrote. @throws SyntaxError */
export function readJson(text: string): unknown {
  return longInteger.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

function exactly(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  const isRounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** ECMAScript 2026, which the type library does not know yet. */
function raw(value: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
}
