import { z } from 'zod';
import { defaultInterface } from '../../ipam/attachment.ts';
import type { AddressCount, AutomaticPools, SubnetNames } from '../../ipam/bind/automatic-pool.ts';
import { IpamError } from '../../resources/errors.ts';
import { goObject } from '../../resources/go-json.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { annotation, annotationNames, interfaceName } from './annotations.ts';

/** More than this of one application is a slip of the pen, or several applications. */
const mostAddresses = 65_536;

const subnetName = z
  .string()
  .min(1, 'empty: name a SpiderSubnet')
  .max(253)
  .regex(/^[^*?[\\]*$/, 'the name of one SpiderSubnet; patterns choose none');
const subnetList = z
  .array(subnetName)
  .max(64)
  .nullish()
  .transform((list) => list ?? []);

const families = { ipv4: subnetList, ipv6: subnetList };
type Families = { readonly [key in keyof typeof families]: readonly string[] };
const namesSome = ({ ipv4, ipv6 }: Families): boolean => ipv4.length + ipv6.length > 0;
const nothingNamed = 'names no subnet: give ipv4, ipv6 or both';

/** A part of a pool's name, and a label of it. */
const ownInterface = interfaceName.refine(
  (name) => name === undefined || /^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$/.test(name),
  'not an interface of which a pool can have its name: letters, digits, "-" and "."',
);

const subnetSchema = goObject({ interface: ownInterface, ...families }).refine(namesSome, nothingNamed);

const subnetsSchema = z
  .array(
    goObject({ interface: ownInterface, ...families })
      .refine(namesSome, nothingNamed)
      .refine((entry) => entry.interface !== undefined, 'names no interface: each entry has one'),
  )
  .min(1, 'an empty list')
  .max(64)
  .superRefine((entries, context) => {
    const twice = (what: string, all: readonly string[]): void => {
      const name = all.find((one, index) => all.indexOf(one) !== index);
      if (name !== undefined) context.addIssue({ code: 'custom', message: `${what} "${name}" stands twice` });
    };
    twice(
      'interface',
      entries.flatMap((entry) => entry.interface ?? []),
    );
    twice(
      'subnet',
      entries.flatMap(({ ipv4 }) => ipv4.slice(0, 1)),
    );
    twice(
      'subnet',
      entries.flatMap(({ ipv6 }) => ipv6.slice(0, 1)),
    );
  });

/** What a template asks for, and what its author should know. */
export interface AskedSubnets extends AutomaticPools {
  /** The annotation that says it. */
  readonly key: 'subnets' | 'subnet';
  readonly warnings: readonly string[];
}

/**
 * Pools of an application's own, as its Pods' annotations ask for them. `subnets` comes before `subnet`; of several names only
 * the first counts, as in Spiderpool.
 * @param subject whose annotations they are, for messages @returns undefined: they ask for none
 * @throws IpamError invalid-config
 */
export function subnetsAnnotation(annotations: Labels, subject: string): AskedSubnets | undefined {
  const several = annotation(annotations, annotationNames.subnets, subject, subnetsSchema);
  const single =
    several === undefined ? annotation(annotations, annotationNames.subnet, subject, subnetSchema) : undefined;
  const entries = several ?? (single === undefined ? undefined : [single]);
  if (entries === undefined) return undefined;
  const key = several === undefined ? 'subnet' : 'subnets';
  const where = `${subject}: annotation ${annotationNames[key]}`;
  return {
    key,
    interfaces: entries.map((entry) => ({ ifname: entry.interface ?? defaultInterface, subnets: firstOf(entry) })),
    count: countOf(annotations, subject),
    isReclaimed: reclaimOf(annotations, subject),
    warnings: entries.flatMap((entry) => idleNames(entry, where)),
  };
}

/** What says something of automatic pools where none is asked for. */
export function idleAnnotations(annotations: Labels, subject: string): readonly string[] {
  const idle = [annotationNames.addressCount, annotationNames.reclaim].filter((name) =>
    Object.hasOwn(annotations, name),
  );
  return idle.map(
    (name) =>
      `${subject}: annotation ${name} is not looked at without ${annotationNames.subnet} or ${annotationNames.subnets}`,
  );
}

function firstOf({ ipv4: [first4], ipv6: [first6] }: Families): SubnetNames {
  return { ...(first4 === undefined ? {} : { 4: first4 }), ...(first6 === undefined ? {} : { 6: first6 }) };
}

function idleNames({ ipv4, ipv6 }: Families, where: string): readonly string[] {
  return [ipv4, ipv6].flatMap(([used, ...idle]) =>
    idle.length === 0 ? [] : [`${where}: only the first subnet of a family is used, "${used}"; not ${idle.join(', ')}`],
  );
}

function countOf(annotations: Labels, subject: string): AddressCount | undefined {
  const text = annotations[annotationNames.addressCount];
  if (text === undefined) return undefined;
  const [, plus, digits] = /^\s*(\+?)(\d{1,9})\s*$/.exec(text) ?? [];
  const count = Number(digits);
  if (digits !== undefined && count <= mostAddresses) return { kind: plus === '+' ? 'elastic' : 'fixed', count };
  throw wrong(
    annotationNames.addressCount,
    subject,
    `must be a number of addresses up to ${mostAddresses}, or "+" and a number (got "${text}")`,
    '"5" for five addresses, or "+2" for two more than there are Pods',
  );
}

/** As Go reads a truth value. */
const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
};

function reclaimOf(annotations: Labels, subject: string): boolean {
  const text = annotations[annotationNames.reclaim];
  if (text === undefined) return true;
  const truth = Object.hasOwn(truths, text) ? truths[text] : undefined;
  if (truth !== undefined) return truth;
  throw wrong(
    annotationNames.reclaim,
    subject,
    `must be true or false (got "${text}")`,
    '"true": the pool goes with its application; "false": it stays',
  );
}

function wrong(name: string, subject: string, problem: string, form: string): IpamError {
  return new IpamError('invalid-config', `${subject}: annotation ${name}: ${problem}`, {
    advice: `the form is ${form}`,
    facts: { annotation: name },
  });
}
