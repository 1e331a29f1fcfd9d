import { familyBits, formatAddress, parseAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix, parseInterfaceAddress, parsePrefix, prefixOf } from '../ip/prefix.ts';
import { prefixRange, type Range } from '../ip/range.ts';
import { type RangeSet, rangeSet } from '../ip/range-set.ts';
import { readable } from '../ip/readable.ts';
import { blockKind, blockTexts } from './block.ts';
import { claimKind, claimTexts, optionalClaimTexts } from './claim.ts';
import { addressName, prefixName } from './names.ts';
import { parsePool, poolKind } from './pool.ts';
import { refusalsOf } from './refusal.ts';
import { parseReservedIP, reservedIPKind } from './reserved-ip.ts';
import type { Resource } from './resource.ts';
import { briefValue, longestText } from './schema.ts';
import { inScope, scopeOf, withoutScope } from './scope.ts';

type Spec = Readonly<Record<string, unknown>>;

/**
 * Objects come from a store that others write too: by hand, with an older schema, or past all rules. What is said here of
 * one is all that anybody needs to ask before he uses its spec as its type says.
 * @returns why it cannot be used, for people; undefined: it can
 */
export function problemOf(resource: Resource): string | undefined {
  const spec = specOf(resource);
  if (spec === undefined) return 'it has no spec that can be read';
  switch (resource.kind) {
    case claimKind:
      return claimProblem(resource.metadata.name, spec);
    case blockKind:
      return blockProblem(resource.metadata.name, spec);
    case poolKind:
      return refusalsOf(() => void parsePool(resource))[0]?.message;
    case reservedIPKind:
      return refusalsOf(() => void parseReservedIP(resource))[0]?.message;
    default:
      return undefined;
  }
}

/**
 * The addresses that a claim or block may stand for, by its name and by its spec, where they can be read. Whoever wrote
 * it meant one of them, so none is given to another.
 */
export function addressesMeant({ kind, metadata, spec }: Resource): RangeSet {
  const { address, cidr } = (typeof spec === 'object' && spec !== null ? spec : {}) as Spec;
  if (kind === claimKind)
    return rangeSet([nameAddress(metadata.name), address].flatMap((text) => readable(text, singleRange) ?? []));
  if (kind !== blockKind) return rangeSet([]);
  const prefixes = [namePrefix(metadata.name), readable(cidr, (text) => parseInterfaceAddress(text).prefix)];
  return rangeSet(prefixes.flatMap((prefix) => (prefix === undefined ? [] : [prefixRange(prefix)])));
}

/** The address that a claim is named after, whatever its scope. */
function nameAddress(name: string): string {
  return textOfName(withoutScope(name));
}

/** The prefix that a block is named after. */
export function namePrefix(name: string): Prefix | undefined {
  const dash = name.lastIndexOf('-');
  const address = readable(textOfName(name.slice(0, Math.max(dash, 0))), parseAddress);
  const digits = name.slice(dash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(digits) || Number(digits) > familyBits(address.family))
    return undefined;
  return prefixOf(address, Number(digits));
}

function textOfName(name: string): string {
  return name.replaceAll('-', ':');
}

function claimProblem(name: string, spec: Spec): string | undefined {
  const address = readable(spec.address, parseAddress);
  if (address === undefined) return `spec.address is no address (got ${briefValue(spec.address)})`;
  const text = formatAddress(address);
  if (text !== spec.address) return `spec.address is not written as ${text} (got ${briefValue(spec.address)})`;
  const wrong = textProblem(spec, claimTexts, optionalClaimTexts);
  if (wrong !== undefined) return wrong;
  const wanted = inScope(addressName(address), scopeOf(spec.pool as string));
  return wanted === name ? undefined : `spec.address is ${text}, and an object of it is named ${wanted}`;
}

function blockProblem(name: string, spec: Spec): string | undefined {
  const prefix = readable(spec.cidr, parsePrefix);
  if (prefix === undefined) return `spec.cidr is no prefix (got ${briefValue(spec.cidr)})`;
  const text = formatPrefix(prefix);
  if (text !== spec.cidr) return `spec.cidr is not written as ${text} (got ${briefValue(spec.cidr)})`;
  if (prefixName(prefix) !== name) return `spec.cidr is ${text}, and an object of it is named ${prefixName(prefix)}`;
  return textProblem(spec, blockTexts, []);
}

function textProblem(spec: Spec, needed: readonly string[], optional: readonly string[]): string | undefined {
  for (const key of needed) {
    // The network alone may be empty: an interface of no named network.
    const isText = typeof spec[key] === 'string' && (spec[key] !== '' || key === 'network');
    if (!isText) return `spec.${key} is no text (got ${briefValue(spec[key])})`;
  }
  for (const key of optional) {
    if (spec[key] !== undefined && typeof spec[key] !== 'string')
      return `spec.${key} is no text (got ${briefValue(spec[key])})`;
  }
  const long = [...needed, ...optional].find((key) => ((spec[key] ?? '') as string).length > longestText);
  return long === undefined ? undefined : `spec.${long} has more than ${longestText} characters`;
}

function specOf({ spec }: Resource): Spec | undefined {
  return typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? (spec as Spec) : undefined;
}

function singleRange(text: string): Range {
  const address = parseAddress(text);
  return { first: address, last: address };
}
