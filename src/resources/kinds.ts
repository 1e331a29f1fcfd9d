import type { z } from 'zod';
import { blockKind, blockSpecSchema } from './block.ts';
import { berthVersion, claimKind, claimSpecSchema } from './claim.ts';
import { endpointKind, endpointSpecSchema, endpointStatusSchema } from './endpoint.ts';
import { IpamError } from './errors.ts';
import { historyKind, historySegmentKind, historySegmentSpecSchema, historySpecSchema } from './history.ts';
import { ipamNodeKind } from './ipam-node.ts';
import { parseTopology, topologyKind } from './network-topology.ts';
import { occupancyKind, occupancySpecSchema } from './occupancy.ts';
import { parsePool, poolKind, poolSpecSchema, poolStatusSchema, spiderpoolVersion } from './pool.ts';
import {
  blockPrinterColumns,
  claimPrinterColumns,
  endpointPrinterColumns,
  historyPrinterColumns,
  historySegmentPrinterColumns,
  ipamNodePrinterColumns,
  occupancyPrinterColumns,
  type PrinterColumn,
  poolPrinterColumns,
  reservedIPPrinterColumns,
  subnetPrinterColumns,
  topologyPrinterColumns,
} from './printer-columns.ts';
import { parseReservedIP, reservedIPKind, reservedIPSpecSchema } from './reserved-ip.ts';
import type { Resource } from './resource.ts';
import { addressNamePattern, prefixNamePattern } from './schema.ts';
import { parseSubnet, subnetKind, subnetSpecSchema, subnetStatusSchema } from './subnet.ts';
import { ipamNodeSpecSchema, topologySpecSchema, topologyStatusSchema } from './topology/schema.ts';

export interface KindInfo {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** Known to an API server: exactly the published ones. */
  readonly shortNames: readonly string[];
  /** Further names that only our command line knows. */
  readonly aliases: readonly string[];
  /** `kubectl get spiderpool` shows all kinds of a category. */
  readonly categories: readonly string[];
  /** One sentence, shown by `kubectl explain`. */
  readonly description: string;
  readonly namespaced: boolean;
  /** What an API server asks of names, beyond its own rules. */
  readonly namePattern?: string;
  readonly specSchema: z.ZodType;
  /** Absent: it has no status. */
  readonly statusSchema?: z.ZodType;
  /** An API server writes the status apart from the rest. */
  readonly statusSubresource: boolean;
  readonly printerColumns: readonly PrinterColumn[];
  /** Rules within one object that a schema cannot say. Throws IpamError. */
  readonly validate: (resource: Resource) => void;
  /** Kept by the daemons themselves; operators read it, and never write it. */
  readonly derived: boolean;
}

const spiderpool = { apiVersion: spiderpoolVersion, categories: ['spiderpool'], derived: false } as const;
const berth = { apiVersion: berthVersion, categories: ['berth'], derived: true, namespaced: false } as const;
const nothingMore = (): void => {};

export const allKinds: readonly KindInfo[] = [
  {
    ...spiderpool,
    kind: subnetKind,
    plural: 'spidersubnets',
    shortNames: ['ss'],
    aliases: ['subnet', 'subnets'],
    description: 'Addresses of one subnet, that pools are cut from.',
    namespaced: false,
    specSchema: subnetSpecSchema,
    statusSchema: subnetStatusSchema,
    statusSubresource: true,
    printerColumns: subnetPrinterColumns,
    validate: (resource) => void parseSubnet(resource),
  },
  {
    ...spiderpool,
    kind: poolKind,
    plural: 'spiderippools',
    shortNames: ['sp'],
    aliases: ['pool', 'pools'],
    description: 'Addresses that interfaces get, and which interfaces may have them.',
    namespaced: false,
    specSchema: poolSpecSchema,
    statusSchema: poolStatusSchema,
    statusSubresource: true,
    printerColumns: poolPrinterColumns,
    validate: (resource) => void parsePool(resource),
  },
  {
    ...spiderpool,
    kind: reservedIPKind,
    plural: 'spiderreservedips',
    shortNames: ['sr'],
    aliases: ['reservedip', 'reservedips'],
    description: 'Addresses that no pool gives out.',
    namespaced: false,
    specSchema: reservedIPSpecSchema,
    statusSubresource: false,
    printerColumns: reservedIPPrinterColumns,
    validate: (resource) => void parseReservedIP(resource),
  },
  {
    ...spiderpool,
    kind: endpointKind,
    plural: 'spiderendpoints',
    shortNames: ['se'],
    aliases: ['endpoint', 'endpoints'],
    description: 'The addresses that one Pod has.',
    namespaced: true,
    specSchema: endpointSpecSchema,
    statusSchema: endpointStatusSchema,
    // Spiderpool publishes it without one: its status is written like any field.
    statusSubresource: false,
    printerColumns: endpointPrinterColumns,
    validate: nothingMore,
    derived: true,
  },
  {
    ...berth,
    kind: blockKind,
    plural: 'ipblocks',
    shortNames: ['ipb'],
    aliases: ['block', 'blocks'],
    description: 'A block of a pool that a node has leased.',
    namePattern: prefixNamePattern,
    specSchema: blockSpecSchema,
    statusSubresource: false,
    printerColumns: blockPrinterColumns,
    validate: nothingMore,
  },
  {
    ...berth,
    kind: claimKind,
    plural: 'ipclaims',
    shortNames: ['ipc'],
    aliases: ['claim', 'claims'],
    description: 'One address of a shared pool that is taken.',
    namePattern: addressNamePattern,
    specSchema: claimSpecSchema,
    statusSubresource: false,
    printerColumns: claimPrinterColumns,
    validate: nothingMore,
  },
  {
    ...berth,
    kind: occupancyKind,
    plural: 'ipoccupancies',
    shortNames: ['ipo'],
    aliases: ['occupancy', 'occupancies'],
    description: 'Which of 4,096 addresses are taken, as ipam-controller saw last: a hint.',
    namePattern: addressNamePattern,
    specSchema: occupancySpecSchema,
    statusSubresource: false,
    printerColumns: occupancyPrinterColumns,
    validate: nothingMore,
  },
  {
    ...berth,
    kind: historyKind,
    plural: 'iphistories',
    shortNames: ['iph'],
    aliases: [],
    description: 'How much of what a node remembers of its addresses is shared.',
    specSchema: historySpecSchema,
    statusSubresource: false,
    printerColumns: historyPrinterColumns,
    validate: nothingMore,
  },
  {
    ...berth,
    kind: historySegmentKind,
    plural: 'iphistorysegments',
    shortNames: ['iphs'],
    aliases: [],
    description: 'Some of what a node remembers of its addresses: ipam-cli history shows it.',
    specSchema: historySegmentSpecSchema,
    statusSubresource: false,
    printerColumns: historySegmentPrinterColumns,
    validate: nothingMore,
  },
  {
    ...berth,
    kind: topologyKind,
    plural: 'networktopologies',
    shortNames: ['nt'],
    aliases: ['topology', 'topologies'],
    description: 'The zones, pods and TORs of the network, and which addresses are whose.',
    specSchema: topologySpecSchema,
    statusSchema: topologyStatusSchema,
    statusSubresource: true,
    printerColumns: topologyPrinterColumns,
    validate: (resource) => void parseTopology(resource),
    derived: false,
  },
  {
    ...berth,
    kind: ipamNodeKind,
    plural: 'ipamnodes',
    shortNames: ['ipn'],
    aliases: ['node', 'nodes'],
    description: 'The TOR that a node is connected to.',
    specSchema: ipamNodeSpecSchema,
    statusSubresource: false,
    printerColumns: ipamNodePrinterColumns,
    validate: nothingMore,
    derived: false,
  },
];

/** The kind's name in lower case, as an API server wants it for a singular. */
export function singularOf({ kind }: KindInfo): string {
  return kind.toLowerCase();
}

/** By kind, singular, plural, short name or alias, in any case. */
export function findKind(name: string): KindInfo | undefined {
  const wanted = name.toLowerCase();
  return allKinds.find((info) =>
    [singularOf(info), info.plural, ...info.shortNames, ...info.aliases].some((known) => known === wanted),
  );
}

/** @throws IpamError invalid-argument, listing the kinds there are */
export function kindOf(name: string): KindInfo {
  const info = findKind(name);
  if (info !== undefined) return info;
  const known = allKinds.map(
    ({ kind, shortNames, aliases }) => `${kind} (${[...shortNames, ...aliases].slice(0, 2).join(', ')})`,
  );
  throw new IpamError('invalid-argument', `unknown kind "${name}"`, { advice: `kinds: ${known.join('; ')}` });
}
