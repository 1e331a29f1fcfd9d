import { type Address, compareAddresses, familyBits } from '../../ip/address.ts';
import { lastAddress, type Prefix, prefixContains } from '../../ip/prefix.ts';
import { prefixRange, type Range, rangeContains } from '../../ip/range.ts';
import { emptyRangeSet, type RangeSet, rangeSet, subtract } from '../../ip/range-set.ts';
import { goField } from '../../resources/go-json.ts';
import { goAddress, goPrefix, sloppyAddress, sloppyPrefix } from '../go-net.ts';

/** One range of a network, as whereabouts gives addresses out of it. */
export interface WhereaboutsRange {
  readonly prefix: Prefix;
  /** Without the network's and the broadcast address, without what is excluded; the gateway may be among them. */
  readonly addresses: RangeSet;
}

/** A network whose addresses whereabouts gives. */
export interface WhereaboutsNetwork {
  /** In the configuration: what a DEL names. */
  readonly name: string;
  /** Where it is written, for messages. */
  readonly origin: string;
  /** `network_name`; empty: whereabouts keeps its addresses apart from no other's. */
  readonly networkName: string;
  readonly ranges: readonly WhereaboutsRange[];
  readonly gateway: Address | undefined;
  /** `node_slice_size`: each node gives addresses out of a slice of its own. */
  readonly isSliced: boolean;
  /** Addresses that the configuration gives to each Pod (`addresses`): whereabouts records them nowhere. */
  readonly fixed: readonly string[];
  /** A file of each node that says more; undefined: none that anything points to. */
  readonly nodesFile: string | undefined;
}

/** Whereabouts reads it wherever it is there; its installer writes nothing into it that is about addresses. */
const usualFile = 'whereabouts.d/whereabouts.conf';

type Read<T> = { readonly value: T } | { readonly problem: string };

/**
 * An `ipam` section as whereabouts reads it (pkg/config, pkg/allocate, pkg/iphelpers): a start or end outside the subnet
 * is passed over, host bits are, exclusions are prefixes or addresses.
 * @returns what keeps whereabouts from giving out any address
 */
export function readIpamSection(
  ipam: unknown,
  { name, origin }: { readonly name: string; readonly origin: string },
): Read<WhereaboutsNetwork> {
  const extra = goField(ipam, 'ipRanges') ?? [];
  if (!Array.isArray(extra)) return { problem: 'ipam.ipRanges is no list' };
  const single = textOf(goField(ipam, 'range'));
  const ranges: WhereaboutsRange[] = [];
  const sections = [...(single === '' ? [] : [{ section: ipam, where: 'ipam', sloppy: true }])];
  for (const [index, section] of extra.entries())
    sections.push({ section, where: `ipam.ipRanges[${index}]`, sloppy: false });
  for (const { section, where, sloppy } of sections) {
    const read = readRange(section, where, sloppy);
    if ('problem' in read) return read;
    ranges.push(read.value);
  }
  const gatewayText = textOf(goField(ipam, 'gateway'));
  const gateway = sloppyAddress(gatewayText);
  if (gatewayText !== '' && gateway === undefined) return { problem: `ipam.gateway ${quoted(gatewayText)}` };
  const fixed = listOf(goField(ipam, 'addresses')).map((one) => textOf(goField(one, 'address')));
  return {
    value: {
      name,
      origin,
      networkName: textOf(goField(ipam, 'network_name')),
      ranges,
      gateway,
      isSliced: textOf(goField(ipam, 'node_slice_size')) !== '',
      fixed,
      nodesFile: textOf(goField(ipam, 'configuration_path')) || (ranges.length === 0 ? usualFile : undefined),
    },
  };
}

function readRange(section: unknown, where: string, sloppy: boolean): Read<WhereaboutsRange> {
  const text = textOf(goField(section, 'range'));
  const dash = text.indexOf('-');
  const read = sloppyPrefix(dash < 0 ? text : text.slice(dash + 1));
  if (read === undefined) return { problem: `${where}.range ${quoted(text)}` };
  const { prefix } = read;
  const [start, end] = [endOf(section, 'range_start', sloppy), endOf(section, 'range_end', sloppy)];
  if (start === undefined || end === undefined) return { problem: `${where}.range_start or range_end is no address` };
  const first = dash < 0 ? start.address : sloppyAddress(text.slice(0, dash));
  if (dash >= 0 && (first === undefined || !prefixContains(prefix, first)))
    return { problem: `${where}.range ${quoted(text)}` };
  const last = dash < 0 ? end.address : read.address;
  const excluded: Range[] = [];
  for (const one of listOf(goField(section, 'exclude'))) {
    const range = exclusionOf(textOf(one));
    if (range === undefined) return { problem: `${where}.exclude ${quoted(textOf(one))}` };
    excluded.push(range);
  }
  return { value: { prefix, addresses: subtract(givenOf(prefix, first, last), rangeSet(excluded)) } };
}

/** Of `ipRanges` an address must be one or empty; of the section itself whereabouts passes over what is none. */
function endOf(section: unknown, key: string, sloppy: boolean): { readonly address?: Address } | undefined {
  const text = textOf(goField(section, key));
  const address = sloppy ? sloppyAddress(text) : goAddress(text);
  if (address !== undefined) return { address };
  return text === '' || sloppy ? {} : undefined;
}

/**
 * All but the first and last address of a prefix, from `start` to `end` where these are among them. Empty of a prefix of
 * one or two addresses: whereabouts gives none.
 */
export function givenOf(prefix: Prefix, start?: Address, end?: Address): RangeSet {
  const { family, value } = prefix.address;
  if (familyBits(family) - prefix.length < 2) return emptyRangeSet;
  let given: Range = { first: { family, value: value + 1n }, last: { family, value: lastAddress(prefix).value - 1n } };
  if (start !== undefined && rangeContains(given, start)) given = { ...given, first: start };
  if (end !== undefined && rangeContains(given, end)) given = { ...given, last: end };
  return compareAddresses(given.first, given.last) > 0 ? emptyRangeSet : rangeSet([given]);
}

function exclusionOf(text: string): Range | undefined {
  const prefix = goPrefix(text)?.prefix;
  if (prefix !== undefined) return prefixRange(prefix);
  const address = goAddress(text);
  return address === undefined ? undefined : { first: address, last: address };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function quoted(text: string): string {
  return `${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)} is not what whereabouts reads`;
}
