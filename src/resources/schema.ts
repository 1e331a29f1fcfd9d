import { z } from 'zod';
import { type Family, formatAddress, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatPrefix, parseInterfaceAddress, parsePrefix } from '../ip/prefix.ts';
import { formatRange, parseRange } from '../ip/range.ts';
import { type ErrorCode, IpamError } from './errors.ts';
import { objectNamePattern } from './names.ts';

/** An object that refuses unknown keys and says which ones it knows. */
export function strictObject<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown key ${(issue.keys ?? []).map((key) => `"${key}"`).join(', ')}; known keys: ${known}`
        : undefined,
  });
}

/**
 * For `meta` of an object that one writer writes whole: an API server then keeps no record of who wrote each of its
 * fields, which is a fifth of the object and of what its create costs (decision 25).
 */
export const atomic = { 'x-kubernetes-map-type': 'atomic' } as const;

/** RFC 1123 subdomain, as names in Kubernetes are: what has such a name works in every mode. */
export const objectNameText = z
  .string()
  .max(253)
  .regex(objectNamePattern, 'lower-case letters, digits, "-" and "." only, at most 253');

/** Text that `parse` takes, kept in its canonical form. */
export function canonical(parse: (text: string) => string): z.ZodType<string, string> {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** Characters of the longest text in a claim or block: names are at most 253, and of the rest runtimes use a fraction. */
export const longestText = 1_024;

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const dottedQuad = `${octet}([.]${octet}){3}`;
/** Which IPv6 texts are addresses no pattern of reasonable length says; that they are canonical, neither. */
const ipv6Text = '[0-9a-f]{0,4}:[0-9a-f:.]{1,40}';
/** For the schema of an API server (RE2): what is no address at all is refused there first. */
export const addressPattern = `^(${dottedQuad}|${ipv6Text})$`;
export const prefixPattern = `^(${dottedQuad}/([12]?[0-9]|3[0-2])|${ipv6Text}/(1[01][0-9]|12[0-8]|[1-9]?[0-9]))$`;

const ipv6Name = '[0-9a-f]{1,4}(-[0-9a-f]{1,4}){7}';
/** Names of objects that are named after an address and its scope, or after a prefix. */
export const addressNamePattern = `^(${dottedQuad}|${ipv6Name})([.]scope-[a-z0-9-]{1,100})?$`;
export const prefixNamePattern = `^(${dottedQuad}-([12]?[0-9]|3[0-2])|${ipv6Name}-(1[01][0-9]|12[0-8]|[1-9]?[0-9]))$`;

export const addressText = canonical((text) => formatAddress(parseAddress(text)));
export const prefixText = canonical((text) => formatPrefix(parsePrefix(text)));
/** A prefix whose host bits may be set: it is kept so, for its author to hear of them, and means the network. */
export const loosePrefixText = canonical((text) => {
  const { address, prefix } = parseInterfaceAddress(text);
  return `${formatAddress(address)}/${prefix.length}`;
});
/** One address, `first-last`, or a prefix. */
export const rangeText = canonical((text) => formatRange(parseRange(text)));
export const familyNumber: z.ZodType<Family> = z.union([z.literal(4), z.literal(6)], { error: 'must be 4 or 6' });

/** One thing that is wrong with a value: where in it, and what. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Keys that it may not have; absent: something else is wrong. */
  readonly keys?: readonly string[];
}

/** All that is wrong with a value. */
export function schemaIssues(error: z.ZodError, input: unknown): readonly SchemaIssue[] {
  return error.issues.map((issue) => {
    const got = at(input, issue.path);
    const shown = issue.code === 'unrecognized_keys' || got === undefined ? '' : ` (got ${briefValue(got)})`;
    const keys = issue.code === 'unrecognized_keys' ? { keys: issue.keys } : {};
    return { path: issue.path, message: `${wordsOf(issue)}${shown}`, ...keys };
  });
}

/** The same, one line each: `spec.subnet: … (got "x")`. */
export function schemaProblems(error: z.ZodError, input: unknown): readonly string[] {
  return schemaIssues(error, input).map(({ path, message }) => {
    const where = path.map(String).join('.');
    return `${where === '' ? '' : `${where}: `}${message}`;
  });
}

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const units: Readonly<Record<string, string>> = { array: ' entries', string: ' characters' };

/** A schema's own words, or for the library's those that say what to write. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid input: expected|Invalid option|Too big|Too small)/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = nouns[issue.expected] ?? issue.expected;
      return issue.message.endsWith('received undefined') ? `is missing: ${wanted}` : `must be ${wanted}`;
    }
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${units[issue.origin] ?? ''}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${units[issue.origin] ?? ''}`;
    default:
      return issue.message;
  }
}

/**
 * Reads a value through a schema.
 * @param subject what the value is, as its user knows it: `SpiderIPPool "blue"`, `daemon.yaml`
 * @throws IpamError (invalid-config unless `code` says otherwise) with every problem in it
 */
export function parseWith<T>(
  schema: z.ZodType<T>,
  input: unknown,
  subject: string,
  code: ErrorCode = 'invalid-config',
): T {
  const outcome = schema.safeParse(input);
  if (outcome.success) return outcome.data;
  const problems = schemaProblems(outcome.error, input);
  throw new IpamError(code, `${subject}: ${problems.join('; ')}`, { facts: { subject, problems } });
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** Of somebody's value in a message: long enough to recognise, short enough for one line. */
export function briefValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
