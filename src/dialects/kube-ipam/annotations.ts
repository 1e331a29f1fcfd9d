import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { type Range, rangeContains } from '../../ip/range.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';
import { type AnnotationPlace, familiesOf, maskLength, readAddress, readRanges, refusal } from '../fixed-texts.ts';

/** kube-ipam's annotations: which address a Pod has, and what its interface needs beside it. */
export const annotationNames = {
  ip: 'kube-ipam.ip',
  netmask: 'kube-ipam.netmask',
  gateway: 'kube-ipam.gateway',
} as const;

const forms: Readonly<Record<string, string>> = {
  [annotationNames.ip]: '"10.188.0.216", "10.188.0.216,10.188.0.217" or "10.188.0.216-10.188.0.219"',
  [annotationNames.netmask]: '"255.255.0.0"',
  [annotationNames.gateway]: '"10.188.0.1"',
};

/** What a Pod's annotations fix. */
export interface FixedByAnnotation {
  /** Where the addresses are written. */
  readonly origin: string;
  readonly ranges: readonly Range[];
  /** Prefix length of the netmask. */
  readonly prefixLength: number | undefined;
  readonly gateway: Address | undefined;
}

/** @returns undefined: they fix nothing @throws IpamError invalid-config */
export function fixedByAnnotation(annotations: Labels, subject: string): FixedByAnnotation | undefined {
  const ip = textOf(annotations, annotationNames.ip);
  const netmask = textOf(annotations, annotationNames.netmask);
  const gateway = textOf(annotations, annotationNames.gateway);
  if (ip === undefined) {
    const alone = netmask !== undefined ? annotationNames.netmask : gateway !== undefined && annotationNames.gateway;
    if (!alone) return undefined;
    throw refusal(
      placeOf(alone, subject),
      `it means nothing without ${annotationNames.ip}`,
      `add ${annotationNames.ip}, or leave it out`,
    );
  }
  const place = placeOf(annotationNames.ip, subject);
  const ranges = readRanges(
    ip.split(',').map((one) => one.trim()),
    place,
  );
  return {
    origin: place.origin,
    ranges,
    prefixLength:
      netmask === undefined ? undefined : lengthOf(netmask, ranges, placeOf(annotationNames.netmask, subject)),
    gateway: gateway === undefined ? undefined : gatewayOf(gateway, ranges, placeOf(annotationNames.gateway, subject)),
  };
}

function lengthOf(text: string, ranges: readonly Range[], place: AnnotationPlace): number {
  if (!familiesOf(ranges).includes(4))
    throw refusal(place, `${annotationNames.ip} names no IPv4 address`, 'leave it out: the subnet tells it');
  const length = maskLength(readAddress(text, place, parseAddress));
  if (length === undefined) throw refusal(place, `${text} is no netmask`);
  return length;
}

function gatewayOf(text: string, ranges: readonly Range[], place: AnnotationPlace): Address {
  const gateway = readAddress(text, place, parseAddress);
  if (!familiesOf(ranges).includes(gateway.family)) {
    throw refusal(place, `${text} is an IPv${gateway.family} address, and ${annotationNames.ip} names none`);
  }
  if (ranges.some((range) => rangeContains(range, gateway))) {
    throw refusal(place, `${formatAddress(gateway)} is among the addresses of ${annotationNames.ip}`);
  }
  return gateway;
}

function textOf(annotations: Labels, name: string): string | undefined {
  return ownValue(annotations, name)?.trim();
}

function placeOf(annotation: string, subject: string): AnnotationPlace {
  return { annotation, origin: `annotation ${annotation} of ${subject}`, form: forms[annotation] ?? '' };
}
