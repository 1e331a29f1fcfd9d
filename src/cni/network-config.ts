import { z } from 'zod';
import { addressText, destinationText } from '../dialects/config-texts.ts';
import type { Section } from '../dialects/dialect.ts';
import { configurations } from '../dialects/dialects.ts';
import { type Address, formatAddress, parseAddress, unmapped } from '../ip/address.ts';
import { parseInterfaceAddress } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import { jsonProblem } from '../resources/json-problem.ts';
import { isTooDeep, nestingLimit } from '../resources/nesting.ts';
import { canonical, schemaProblems, strictObject } from '../resources/schema.ts';
import { undecodableConfig } from './errors.ts';
import { asGoDecodes, configurationKeys } from './go-decoding.ts';
import { whyRefused } from './other-keys.ts';
import { type CniVersion, versionOf } from './version.ts';

/**
 * An address, with or without a prefix length: CNI conventions allow both in `ips`, and so does `IP=`. As everywhere in a
 * configuration, an IPv4 address in its IPv6 form is the IPv4 address (Go's `net.ParseIP`).
 * @throws AddressError
 */
export function parseRequested(text: string): Address {
  return unmapped(text.includes('/') ? parseInterfaceAddress(text).address : parseAddress(text));
}

const requestedAddress = canonical((text) => formatAddress(parseRequested(text)));

/** The attributes came with 1.1.0; whoever wires the interface sets them. */
const route = strictObject({
  dst: destinationText,
  gw: addressText.optional(),
  mtu: z.int().optional(),
  advmss: z.int().optional(),
  priority: z.int().optional(),
  table: z.int().optional(),
  scope: z.int().optional(),
}).refine(
  ({ dst, gw }) => gw === undefined || gw.includes(':') === dst.includes(':'),
  'dst and gw are of different IP families',
);

/** Go writes and reads an entry that is null; it is no route. */
const routes = z.preprocess(
  (list) => (Array.isArray(list) ? list.filter((entry) => entry !== null) : list),
  z.array(route).max(256),
);

const dnsSchema = strictObject({
  nameservers: z.array(z.string()).optional(),
  domain: z.string().optional(),
  search: z.array(z.string()).optional(),
  options: z.array(z.string()).optional(),
});

/** What is in the `ipam` section in every dialect. */
const sharedKeys = {
  type: z.string().min(1),
  name: z.string().optional(),
  routes: routes.optional(),
  resolvConf: z.string().startsWith('/', 'not an absolute path').optional(),
  dns: dnsSchema.optional(),
};
export type IpamSection = z.output<z.ZodObject<typeof sharedKeys>> & Section;

/** Of keys that are in no dialect, `requireNoRefused` judges. */
const ipamShape = Object.assign({ ...sharedKeys }, ...configurations.map(({ keys: ofDialect }) => ofDialect));
const ipamSchema = z.object(ipamShape) as unknown as z.ZodType<IpamSection>;
const runtimeShape = Object.assign({}, ...configurations.map(({ runtimeKeys }) => runtimeKeys)) as z.ZodRawShape;

/** Go writes a list that has nothing as null: then the key stays, and its value is a list without entries. */
const validAttachments = z.array(z.looseObject({ containerID: z.string(), ifname: z.string() }));

const networkSchema = z.looseObject({
  cniVersion: z.string().optional(),
  name: z
    .string({ error: 'the network has no name' })
    .max(253)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'letters, digits, "_", "." and "-" only, the first a letter or digit'),
  type: z.string().optional(),
  ipam: ipamSchema.optional(),
  args: z
    .looseObject({
      cni: z
        .looseObject({
          ips: z.array(requestedAddress).max(64).optional(),
          identity: z.string().optional(),
          keep: z.union([z.string(), z.boolean()], 'true, false, or how long, as a text: "12h"').optional(),
        })
        .optional(),
    })
    .optional(),
  runtimeConfig: z.looseObject({ ...runtimeShape, ips: z.array(requestedAddress).max(64).optional() }).optional(),
  prevResult: z.unknown().optional(),
  'cni.dev/valid-attachments': validAttachments.optional(),
  'cni.dev/attachments': validAttachments.optional(),
});

const ipamKeys = Object.keys(ipamShape);
const keys = configurationKeys(ipamKeys);

export type NetworkConfig = z.output<typeof networkSchema>;

/** Standard input as JSON, with keys and nulls as Go's decoders take them. @throws IpamError, CNI code 6 */
export function decodeConfig(stdin: Buffer): Record<string, unknown> {
  const text = stdin.toString();
  if (/^[ \t\r\n]*$/.test(text)) throw undecodableConfig('no network configuration on standard input');
  if (text.startsWith('\ufeff')) throw undecodableConfig('the network configuration begins with a byte order mark');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = jsonProblem(text) ?? (error as Error).message;
    throw undecodableConfig(`the network configuration is not JSON: ${why}`);
  }
  if (isTooDeep(value))
    throw undecodableConfig(`the network configuration is nested more than ${nestingLimit} levels deep`);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return goConfig(value);
  }
  throw undecodableConfig('the network configuration is not a JSON object');
}

/** A configuration with keys and nulls as Go's decoders take them. */
export function goConfig(config: object): Record<string, unknown> {
  return asGoDecodes(config, keys) as Record<string, unknown>;
}

/** The version a configuration asks for. @throws IpamError incompatible-version */
export function configVersion(config: Readonly<Record<string, unknown>>): CniVersion {
  const { cniVersion } = config;
  if (cniVersion !== undefined && typeof cniVersion !== 'string') {
    throw undecodableConfig(`cniVersion is ${JSON.stringify(cniVersion)}, not a text`);
  }
  return versionOf(cniVersion);
}

/** What was read of configurations that may come again. */
const readBefore = new WeakMap<Readonly<Record<string, unknown>>, NetworkConfig>();

/** @throws IpamError unsupported-field (CNI code 2: names key and value), invalid-config (7) */
export function networkConfig(config: Readonly<Record<string, unknown>>): NetworkConfig {
  const known = readBefore.get(config);
  if (known !== undefined) return known;
  const network = readNetwork(config);
  readBefore.set(config, network);
  return network;
}

function readNetwork(config: Readonly<Record<string, unknown>>): NetworkConfig {
  const subject = `network ${JSON.stringify(config.name ?? '')}`;
  requireNoRefused(config.ipam, subject);
  const outcome = networkSchema.safeParse(config);
  if (outcome.success) return outcome.data;
  const unknown = outcome.error.issues.find(({ code }) => code === 'unrecognized_keys');
  if (unknown !== undefined && 'keys' in unknown) {
    const where = unknown.path.map(String).join('.');
    const values = unknown.keys.map((key) => `${where}.${key} = ${JSON.stringify(at(config, [...unknown.path, key]))}`);
    throw new IpamError('unsupported-field', `${subject}: unsupported ${values.join(', ')}`, {
      advice: unknown.message,
    });
  }
  throw new IpamError('invalid-config', `${subject}: ${schemaProblems(outcome.error, config).join('; ')}`);
}

/** Keys of `ipam` that nothing here reads, and that are not refused: another plugin's. */
export function unreadKeys({ ipam }: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof ipam !== 'object' || ipam === null) return [];
  return Object.keys(ipam).filter((key) => !ipamKeys.includes(key));
}

/**
 * What would be given otherwise than it is asked for is refused by name: another plugin's way to name addresses, and a key
 * that is misspelt.
 * @throws IpamError unsupported-field (CNI code 2)
 */
function requireNoRefused(ipam: unknown, subject: string): void {
  const refused = unreadKeys({ ipam }).flatMap((key) => {
    const why = whyRefused(key, ipamKeys);
    return why === undefined ? [] : [{ key, why }];
  });
  if (refused.length === 0) return;
  const values = refused.map(({ key }) => `ipam.${key} = ${JSON.stringify(at(ipam, [key]))}`);
  throw new IpamError('unsupported-field', `${subject}: unsupported ${values.join(', ')}`, {
    advice: `${refused.map(({ key, why }) => `${key}: ${why}`).join('; ')}; known keys: ${ipamKeys.join(', ')}`,
  });
}

/** The names under which the executables are installed. */
const programs = configurations.flatMap((one) => one.programs);

/**
 * The configuration of a network whose addresses are ours to give.
 * @param program the name that the runtime called; a link of another name is served as well
 * @throws IpamError unsupported-field, invalid-config
 */
export function servedNetwork(config: Readonly<Record<string, unknown>>, program: string): NetworkConfig {
  const network = networkConfig(config);
  const type = network.ipam?.type;
  if (type === undefined || type === program || programs.includes(type)) return network;
  throw new IpamError(
    'invalid-config',
    `network "${network.name}": ipam.type ${JSON.stringify(type)} is not served by ${program}; it serves ${programs.join(', ')}`,
  );
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value);
}
