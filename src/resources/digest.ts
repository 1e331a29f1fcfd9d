import { createHash } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
/** Of five bits each. Two texts with one digest are to be expected among 2^50 of them. */
const length = 20;

/** What tells two texts apart in a name: lower-case letters and digits (RFC 4648, base 32), the start of their SHA-256. */
export function digest(text: string): string {
  let bits = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`) >> BigInt(256 - 5 * length);
  let name = '';
  for (let at = 0; at < length; at += 1) {
    name = `${alphabet[Number(bits & 31n)]}${name}`;
    bits >>= 5n;
  }
  return name;
}

/** What a person recognises of a text in an object's name; two texts may have the same. @returns never empty, 1..20 characters */
export function slug(text: string): string {
  const words = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.slice(0, 20).replaceAll(/^-+|-+$/g, '') || 'x';
}
