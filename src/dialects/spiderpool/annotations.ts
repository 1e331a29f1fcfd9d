import { z } from 'zod';
import type { PodRoute, PoolNames } from '../../ipam/request.ts';
import { maskedDestinations, maskedRoutes } from '../../resources/address-plan.ts';
import { IpamError } from '../../resources/errors.ts';
import { goObject } from '../../resources/go-json.ts';
import { parseJsonText } from '../../resources/json-text.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { addressCountAnnotation, ownerLabels } from '../../resources/published.ts';
import { addressText, loosePrefixText, parseWith } from '../../resources/schema.ts';
import { compilePattern, PatternError } from '../../resources/wildcard.ts';

/** Spiderpool's annotations (docs/reference/annotation.md of that project) as far as they choose pools and routes. */
export const annotationNames = {
  ippools: 'ipam.spidernet.io/ippools',
  ippool: 'ipam.spidernet.io/ippool',
  routes: 'ipam.spidernet.io/routes',
  subnets: 'ipam.spidernet.io/subnets',
  subnet: 'ipam.spidernet.io/subnet',
  addressCount: addressCountAnnotation,
  reclaim: ownerLabels.reclaim,
  defaultIpv4: 'ipam.spidernet.io/default-ipv4-ippool',
  defaultIpv6: 'ipam.spidernet.io/default-ipv6-ippool',
} as const;

/** One entry of `ippools`, or the only one of `ippool`. */
export interface InterfacePools {
  /** Absent: the entry is found by its place. */
  readonly interface: string | undefined;
  readonly names: PoolNames;
  readonly cleanGateway: boolean;
}

/** The name of a pool, or a pattern as Go's path.Match has them. */
const poolNameText = z
  .string()
  .min(1)
  .max(253)
  .superRefine((text, context) => {
    try {
      compilePattern(text);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      context.addIssue({ code: 'custom', message: `not a pattern: ${error.message}` });
    }
  });

export const poolNameList = z.array(poolNameText).max(256);
/** Go writes a list that has nothing as null. */
const names = poolNameList.nullish().transform((list) => list ?? []);
export const interfaceName = z
  .string()
  .max(15)
  .nullish()
  .transform((name) => (name ? name : undefined));

/** `ipv4pools` and `ipv6pools` are what the keys were called before version 0.3. */
const familyKeys = { ipv4: names, ipv6: names, ipv4pools: names, ipv6pools: names };
type FamilyKeys = { readonly [key in keyof typeof familyKeys]: readonly string[] };

const namesOf = ({ ipv4, ipv6, ipv4pools, ipv6pools }: FamilyKeys): PoolNames => ({
  4: [...ipv4, ...ipv4pools],
  6: [...ipv6, ...ipv6pools],
});
const namesSome = (keys: FamilyKeys): boolean => Object.values(namesOf(keys)).some((list) => list.length > 0);
const nothingNamed = 'names no pool: give ipv4, ipv6 or both';

const ippoolSchema = goObject({ interface: interfaceName, ...familyKeys })
  .refine(namesSome, nothingNamed)
  .transform(
    (entry): InterfacePools => ({
      interface: entry.interface,
      names: namesOf(entry),
      cleanGateway: false,
    }),
  );

const ippoolsSchema = z
  .array(
    goObject({ interface: interfaceName, ...familyKeys, cleangateway: z.boolean().nullish() })
      .refine(namesSome, nothingNamed)
      .transform(
        (entry): InterfacePools => ({
          interface: entry.interface,
          names: namesOf(entry),
          cleanGateway: entry.cleangateway ?? false,
        }),
      ),
  )
  .min(1, 'an empty list')
  .max(64)
  .superRefine((entries, context) => {
    const given = entries.flatMap(({ interface: name }) => name ?? []);
    if (given.length !== 0 && given.length !== entries.length) {
      context.addIssue({ code: 'custom', message: 'some entries name an interface and some do not: all or none' });
    }
    const twice = given.find((name, index) => given.indexOf(name) !== index);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', message: `interface "${twice}" stands twice` });
    }
  });

const routesSchema = z
  .array(
    goObject({ dst: loosePrefixText, gw: addressText }).refine(
      ({ dst, gw }) => gw.includes(':') === dst.includes(':'),
      'dst and gw are of different IP families',
    ),
  )
  .max(256);

const examples: Readonly<Record<string, string>> = {
  [annotationNames.subnets]: '[{"interface":"eth0","ipv4":["SUBNET"]}]',
  [annotationNames.subnet]: '{"ipv4":["SUBNET"]}',
  [annotationNames.ippools]: '[{"interface":"eth0","ipv4":["POOL"]}]',
  [annotationNames.ippool]: '{"ipv4":["POOL"]}',
  [annotationNames.routes]: '[{"dst":"10.0.0.0/16","gw":"192.168.1.1"}]',
  [annotationNames.defaultIpv4]: '["POOL"]',
  [annotationNames.defaultIpv6]: '["POOL"]',
};

/** @throws IpamError invalid-config */
export function ippoolAnnotation(annotations: Labels, subject: string): InterfacePools | undefined {
  return annotation(annotations, annotationNames.ippool, subject, ippoolSchema);
}

/** Either every entry names its interface, or none does. @throws IpamError invalid-config */
export function ippoolsAnnotation(annotations: Labels, subject: string): readonly InterfacePools[] | undefined {
  return annotation(annotations, annotationNames.ippools, subject, ippoolsSchema);
}

/** @throws IpamError invalid-config */
export function routesAnnotation(
  annotations: Labels,
  subject: string,
): { readonly routes: readonly PodRoute[]; readonly warnings: readonly string[] } {
  const given = annotation(annotations, annotationNames.routes, subject, routesSchema) ?? [];
  const where = `${subject}: annotation ${annotationNames.routes}`;
  return {
    routes: maskedRoutes(given) as readonly PodRoute[],
    warnings: maskedDestinations(given).map(
      ({ given: dst, masked }) => `${where}: ${dst} has host bits, and is taken for ${masked}`,
    ),
  };
}

/** What a namespace gives its Pods; undefined when it says nothing. @throws IpamError invalid-config */
export function namespacePools(annotations: Labels, subject: string): PoolNames | undefined {
  const ipv4 = annotation(annotations, annotationNames.defaultIpv4, subject, names) ?? [];
  const ipv6 = annotation(annotations, annotationNames.defaultIpv6, subject, names) ?? [];
  return ipv4.length === 0 && ipv6.length === 0 ? undefined : { 4: ipv4, 6: ipv6 };
}

/** @throws IpamError invalid-config */
export function annotation<T>(annotations: Labels, name: string, subject: string, schema: z.ZodType<T>): T | undefined {
  if (!Object.hasOwn(annotations, name)) return undefined;
  const where = `${subject}: annotation ${name}`;
  try {
    return parseWith(schema, parseJsonText(annotations[name] ?? '', where), where);
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    throw new IpamError(error.code, error.message, {
      advice: `the form is ${examples[name]}`,
      facts: { ...error.facts, annotation: name },
    });
  }
}
