import { type Address, familyBits, offsetAddress, parseAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix, parsePrefix, prefixContains } from '../../ip/prefix.ts';
import { formatRange, type Range, rangesOverlap } from '../../ip/range.ts';
import { whyUnassignable } from '../../ip/unassignable.ts';
import { type InlineRange, wholeRange } from '../../ipam/request.ts';
import { IpamError } from '../../resources/errors.ts';
import type { ConfigurationRequest, RangeSets, SectionOf } from '../dialect.ts';
import type { HostLocalSection, RangeSection, RuntimeRanges } from './configuration.ts';

type Refuse = (message: string) => IpamError;
type End = 'rangeStart' | 'rangeEnd' | 'fixedStart' | 'fixedEnd';

/** @throws IpamError invalid-config */
export function configurationToRequest(
  section: HostLocalSection,
  { network, runtime }: SectionOf & { readonly runtime: RuntimeRanges },
): ConfigurationRequest {
  // The order is host-local's: what the runtime asks for comes first.
  const sets = [...(runtime.ipRanges ?? []), ...legacyRange(network, section), ...(section.ranges ?? [])];
  const networkName = section.network_name ?? '';
  if (sets.length === 0) {
    if (networkName === '') return {};
    throw new IpamError('invalid-config', `network "${network}": ipam.network_name needs ranges`);
  }
  const scope = networkName === '' ? {} : { networkName };
  return {
    sources: [{ key: 'ranges', source: () => ({ kind: 'ranges', sets: inlineSets(network, sets), ...scope }) }],
  };
}

/**
 * host-local's older form: the keys of one range directly in the section. Without a subnet it passes them over when there
 * are ranges beside them.
 */
function legacyRange(network: string, section: HostLocalSection): readonly RangeSection[][] {
  const { subnet, rangeStart, rangeEnd, fixedStart, fixedEnd, gateway } = section;
  const ends = { rangeStart, rangeEnd, fixedStart, fixedEnd, gateway };
  if (subnet !== undefined) return [[{ subnet, ...ends }]];
  if (section.ranges !== undefined && section.ranges.length > 0) return [];
  for (const [key, value] of Object.entries(ends)) {
    if (value === undefined) continue;
    throw new IpamError('invalid-config', `network "${network}": ipam.${key} ${value} needs ipam.subnet`);
  }
  return [];
}

/**
 * host-local's range sets, by its own rules (allocator/config.go, range.go, range_set.go), but for three: subnets of two
 * addresses are taken (RFC 3021, RFC 6164), a gateway of the other IP family is not, nor a subnet that no interface can
 * have.
 * @throws IpamError invalid-config
 */
function inlineSets(network: string, sets: readonly (readonly RangeSection[])[]): RangeSets {
  const seen: Range[] = [];
  return sets.map((set, setIndex) =>
    set.map((section, index) => {
      const where = `ranges[${setIndex}][${index}]`;
      const refuse: Refuse = (message) => new IpamError('invalid-config', `network "${network}": ${where}: ${message}`);
      const inline = inlineRange(section, refuse);
      const range = wholeRange(inline);
      if (range.first.value > range.last.value) {
        throw refuse(`rangeStart is above rangeEnd (${formatRange(range)})`);
      }
      const other = seen.find((one) => rangesOverlap(one, range));
      if (other !== undefined) throw refuse(`${formatRange(range)} overlaps ${formatRange(other)}`);
      seen.push(range);
      const [first] = set;
      if (first !== undefined && parsePrefix(first.subnet).address.family !== inline.subnet.address.family) {
        throw refuse(`${section.subnet} is of another IP family than ${first.subnet} of the same set`);
      }
      return inline;
    }),
  );
}

function inlineRange(section: RangeSection, refuse: Refuse): InlineRange {
  const subnet = parsePrefix(section.subnet);
  const hostBits = familyBits(subnet.address.family) - subnet.length;
  if (hostBits < 1) throw refuse(`subnet ${section.subnet} is too small to allocate from`);
  const unassignable = whyUnassignable(subnet);
  if (unassignable !== undefined) throw refuse(`subnet ${section.subnet}: ${unassignable}`);
  const [rangeStart, rangeEnd] = [
    inside(subnet, 'rangeStart', section, refuse),
    inside(subnet, 'rangeEnd', section, refuse),
  ];
  const gateway = ofFamily(subnet, 'gateway', section, refuse) ?? firstHost(subnet, hostBits);
  const fixed = fixedRange(subnet, section, refuse);
  return {
    subnet,
    ...(rangeStart === undefined ? {} : { rangeStart }),
    ...(rangeEnd === undefined ? {} : { rangeEnd }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(fixed === undefined ? {} : { fixed: [fixed] }),
  };
}

function fixedRange(subnet: Prefix, section: RangeSection, refuse: Refuse): Range | undefined {
  const [first, last] = [inside(subnet, 'fixedStart', section, refuse), inside(subnet, 'fixedEnd', section, refuse)];
  if (first === undefined && last === undefined) return undefined;
  if (first === undefined || last === undefined) {
    throw refuse(
      `${first === undefined ? 'fixedEnd' : 'fixedStart'} stands alone: fixedStart and fixedEnd belong together`,
    );
  }
  if (first.value > last.value) throw refuse(`fixedStart is above fixedEnd (${formatRange({ first, last })})`);
  return { first, last };
}

/** What host-local takes for the gateway when none is named. Where there are two addresses both are hosts'. */
function firstHost(subnet: Prefix, hostBits: number): Address | undefined {
  return hostBits < 2 ? undefined : offsetAddress(subnet.address, 1n);
}

function inside(subnet: Prefix, key: End, section: RangeSection, refuse: Refuse): Address | undefined {
  const address = ofFamily(subnet, key, section, refuse);
  if (address === undefined || prefixContains(subnet, address)) return address;
  throw refuse(`${key} ${section[key]} is outside subnet ${formatPrefix(subnet)}`);
}

/** A gateway may be outside: a router with a link-local address, or one of another subnet on the same wire. */
function ofFamily(subnet: Prefix, key: End | 'gateway', section: RangeSection, refuse: Refuse): Address | undefined {
  const text = section[key];
  if (text === undefined) return undefined;
  const address = parseAddress(text);
  if (address.family === subnet.address.family) return address;
  throw refuse(
    `${key} ${text} is an IPv${address.family} address, subnet ${formatPrefix(subnet)} is IPv${subnet.address.family}`,
  );
}
