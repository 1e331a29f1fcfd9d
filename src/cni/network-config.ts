import { z } from 'zod';
import { type Address, formatAddress, isMapped, parseAddress, unmapped } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatPrefix, parseInterfaceAddress, parseMaskedPrefix, parsePrefix } from '../ip/prefix.ts';
import { poolNameList } from '../resources/annotations.ts';
import { IpamError } from '../resources/errors.ts';
import { isTooDeep, nestingLimit } from '../resources/nesting.ts';
import { canonical, familyNumber, schemaProblems, strictObject } from '../resources/schema.ts';
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
const addressText = canonical((text) => formatAddress(unmapped(parseAddress(text))));
/** Go's `net.ParseCIDR` takes a length with leading zeros; a subnet with host bits host-local refuses, and so a mapped one. */
const subnetText = canonical((text) => {
  const subnet = parsePrefix(withoutLeadingZeros(text));
  if (isMapped(subnet.address)) throw new AddressError(text, 'a prefix', 'write an IPv4 subnet as IPv4');
  return formatPrefix(subnet);
});
/** A route's host bits mean nothing: kernels refuse them, so the network is meant. */
const destinationText = canonical((text) => formatPrefix(parseMaskedPrefix(withoutLeadingZeros(text))));

function withoutLeadingZeros(text: string): string {
  return text.replace(/\/0+(?=\d)/, '/');
}

const rangeSchema = strictObject({
  subnet: subnetText,
  rangeStart: addressText.optional(),
  rangeEnd: addressText.optional(),
  gateway: addressText.optional(),
});

const rangeSets = z.array(z.array(rangeSchema).min(1, 'an empty range set').max(256)).max(16);

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

/** Of a log file: Spiderpool's documents write numbers as texts, its programs read them as numbers. */
const logLimit = z.union([z.int(), z.string()]);

/** Keys of Spiderpool's IPAM plugin. Its executable logs to a file of its own; here the daemon logs. */
const spiderpoolKeys = {
  default_ipv4_ippool: poolNameList.optional(),
  default_ipv6_ippool: poolNameList.optional(),
  clean_gateway: z.boolean().optional(),
  /** Another name for `daemonSocket`. */
  ipam_unix_socket_path: z.string().startsWith('/', 'not an absolute path').optional(),
  match_master_subnet: z
    .literal(
      false,
      'pools that follow the subnet of an SR-IOV master come with a later version; use nodeName or multusName',
    )
    .optional(),
  log_level: z.string().optional(),
  log_file_path: z.string().optional(),
  log_file_max_size: logLimit.optional(),
  log_file_max_age: logLimit.optional(),
  log_file_max_count: logLimit.optional(),
};

/** The `ipam` section: our own keys (document 000), host-local's, Spiderpool's. Of others `requireNoRefused` judges. */
const ipamSchema = z.object({
  type: z.string().min(1),
  name: z.string().optional(),
  daemonSocket: z.string().startsWith('/', 'not an absolute path').optional(),
  clusterCIDR: z.string().optional(),
  nodeBlockSize: z.int().min(0).max(32).optional(),
  pools: z.array(z.string().min(1)).min(1).max(64).optional(),
  families: z
    .array(familyNumber)
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'an IP family stands twice')
    .optional(),
  routes: routes.optional(),
  resolvConf: z.string().startsWith('/', 'not an absolute path').optional(),
  dns: dnsSchema.optional(),
  ranges: rangeSets.optional(),
  /** Whereabouts': networks that never meet may have the same addresses. */
  network_name: z.string().max(253).optional(),
  subnet: subnetText.optional(),
  rangeStart: addressText.optional(),
  rangeEnd: addressText.optional(),
  gateway: addressText.optional(),
  /** host-local's directory: accepted so that its configurations work, and not used. */
  dataDir: z.string().optional(),
  ...spiderpoolKeys,
});

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
    .looseObject({ cni: z.looseObject({ ips: z.array(requestedAddress).max(64).optional() }).optional() })
    .optional(),
  runtimeConfig: z
    .looseObject({ ips: z.array(requestedAddress).max(64).optional(), ipRanges: rangeSets.optional() })
    .optional(),
  prevResult: z.unknown().optional(),
  'cni.dev/valid-attachments': validAttachments.optional(),
  'cni.dev/attachments': validAttachments.optional(),
});

const ipamKeys = Object.keys(ipamSchema.shape);
const keys = configurationKeys(ipamKeys);

export type NetworkConfig = z.output<typeof networkSchema>;
export type IpamSection = z.output<typeof ipamSchema>;
export type RangeSection = z.output<typeof rangeSchema>;

/** Standard input as JSON, with keys and nulls as Go's decoders take them. @throws IpamError, CNI code 6 */
export function decodeConfig(stdin: Buffer): Record<string, unknown> {
  const text = stdin.toString();
  if (/^[ \t\r\n]*$/.test(text)) throw undecodableConfig('no network configuration on standard input');
  if (text.startsWith('\ufeff')) throw undecodableConfig('the network configuration begins with a byte order mark');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw undecodableConfig(`the network configuration is not JSON: ${(error as Error).message}`);
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

/** Is this a network of Spiderpool's? Then its interfaces get what that gives them: a default route by the pool's gateway. */
export function isSpiderpools(ipam: IpamSection): boolean {
  return ipam.type === 'spiderpool' || Object.keys(spiderpoolKeys).some((key) => Object.hasOwn(ipam, key));
}

/** The names under which the executables are installed. */
const programs = ['ipam-plugin', 'ipam-cni', 'cni-plugin', 'spiderpool'];

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
