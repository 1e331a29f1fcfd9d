import { isIP } from 'node:net';
import { formatAddress, parseAddress } from '../../../src/ip/address.ts';
import { formatPrefix, parsePrefix } from '../../../src/ip/prefix.ts';
import { formatRange, parseRange } from '../../../src/ip/range.ts';
import { refusedOr, requireSame, requireThat } from '../expected.ts';
import type { Target } from '../target.ts';

export const addressTokens: readonly string[] = [
  ...['0', '1', '9', '01', '255', '256', '10', '4294967295', '1e3', '0x1', '-1', '+1', '١'],
  ...['.', ':', '::', '/', '-', '%', '%eth0', ',', ' ', '\n', '\0', '\u0130'],
  ...['/0', '/8', '/24', '/31', '/32', '/33', '/64', '/127', '/128', '/129', '/024'],
  ...['ffff', 'FFFF', '0000', '00000', 'g', '::ffff:', '1.2.3.4', '255.255.255.255', 'fe80::1', '10.0.0.0', 'fd00::'],
];

/** Addresses, prefixes and ranges: one text, each of the three readers. */
export const addresses: Target = {
  name: 'addresses',
  dictionary: addressTokens,
  run: (input) => {
    const text = input.toString();
    return [addressWord(text), prefixWord(text), rangeWord(text)].join(', ');
  },
};

/** Node.js reads the same addresses, and IPv6 zones too, which are no part of an address here. */
function addressWord(text: string): string {
  const outcome = refusedOr(() => parseAddress(text));
  const theirs = text.includes('%') ? 0 : isIP(text);
  if ('refused' in outcome) {
    requireThat(theirs === 0, 'node:net takes what we refuse', text);
    return outcome.refused;
  }
  requireThat(theirs === outcome.made.family, 'node:net refuses what we take', text);
  requireSame('round trip of an address', outcome.made, parseAddress(formatAddress(outcome.made)));
  return `IPv${theirs}`;
}

function prefixWord(text: string): string {
  const outcome = refusedOr(() => parsePrefix(text));
  if ('refused' in outcome) return outcome.refused;
  requireSame('round trip of a prefix', outcome.made, parsePrefix(formatPrefix(outcome.made)));
  return 'prefix';
}

function rangeWord(text: string): string {
  const outcome = refusedOr(() => parseRange(text));
  if ('refused' in outcome) return outcome.refused;
  requireSame('round trip of a range', outcome.made, parseRange(formatRange(outcome.made)));
  return 'range';
}
