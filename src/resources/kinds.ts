import type { z } from 'zod';
import { blockKind, blockSpecSchema } from './block.ts';
import { berthVersion, claimKind, claimSpecSchema } from './claim.ts';
import { IpamError } from './errors.ts';
import { parsePool, poolKind, poolSpecSchema, spiderpoolVersion } from './pool.ts';
import { parseReservedIP, reservedIPKind, reservedIPSpecSchema } from './reserved-ip.ts';
import type { Resource } from './resource.ts';

export interface KindInfo {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Do its objects live in namespaces? */
  readonly namespaced: boolean;
  /** Does its definition in a cluster have the status subresource? (decision 10) */
  readonly statusSubresource: boolean;
  readonly specSchema: z.ZodType;
  /** Rules within one object that a schema cannot say. Throws IpamError. */
  readonly validate: (resource: Resource) => void;
  /** Kept by the daemons themselves; operators read it, and never write it. */
  readonly derived: boolean;
}

export const allKinds: readonly KindInfo[] = [
  {
    kind: poolKind,
    apiVersion: spiderpoolVersion,
    plural: 'spiderippools',
    shortNames: ['sp', 'pool', 'pools'],
    namespaced: false,
    statusSubresource: true,
    specSchema: poolSpecSchema,
    validate: (resource) => void parsePool(resource),
    derived: false,
  },
  {
    kind: reservedIPKind,
    apiVersion: spiderpoolVersion,
    plural: 'spiderreservedips',
    shortNames: ['sr', 'reservedip', 'reservedips'],
    namespaced: false,
    statusSubresource: true,
    specSchema: reservedIPSpecSchema,
    validate: (resource) => void parseReservedIP(resource),
    derived: false,
  },
  {
    kind: blockKind,
    apiVersion: berthVersion,
    plural: 'ipblocks',
    shortNames: ['ipb', 'block', 'blocks'],
    namespaced: false,
    statusSubresource: true,
    specSchema: blockSpecSchema,
    validate: () => {},
    derived: true,
  },
  {
    kind: claimKind,
    apiVersion: berthVersion,
    plural: 'ipclaims',
    shortNames: ['ipc', 'claim', 'claims'],
    namespaced: false,
    statusSubresource: true,
    specSchema: claimSpecSchema,
    validate: () => {},
    derived: true,
  },
];

/** By kind, singular, plural or short name, in any case. */
export function findKind(name: string): KindInfo | undefined {
  const wanted = name.toLowerCase();
  return allKinds.find(
    ({ kind, plural, shortNames }) => kind.toLowerCase() === wanted || plural === wanted || shortNames.includes(wanted),
  );
}

/** @throws IpamError invalid-argument, listing the kinds there are */
export function kindOf(name: string): KindInfo {
  const info = findKind(name);
  if (info !== undefined) return info;
  const known = allKinds.map(({ kind, shortNames }) => `${kind} (${shortNames.join(', ')})`).join('; ');
  throw new IpamError('invalid-argument', `unknown kind "${name}"`, { advice: `kinds: ${known}` });
}
