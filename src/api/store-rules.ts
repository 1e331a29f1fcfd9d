import { isDeepStrictEqual } from 'node:util';
import { type Address, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { parsePrefix, prefixContains } from '../ip/prefix.ts';
import { containsAddress, emptyRangeSet } from '../ip/range-set.ts';
import { readable } from '../ip/readable.ts';
import { virtualMachineKind } from '../ipam/bind/identity.ts';
import { migrationSources, placeOfClaim } from '../ipam/bind/kept-claim.ts';
import { labelled } from '../ipam/claim/claim-labels.ts';
import { isOfSomeBlock, leasesBlocks } from '../ipam/claim/claimed-in-block.ts';
import { type BlockSpec, blockKind, blockSpecSchema, newBlock } from '../resources/block.ts';
import { type Claim, type ClaimSpec, claimKind, claimSpecSchema, newClaim } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { type Pool, type PoolSpec, poolKind } from '../resources/pool.ts';
import { isQuarantine, newQuarantine, quarantineOf } from '../resources/quarantine.ts';
import { isRangePool } from '../resources/range-pool.ts';
import { rangesAnnotations, rangesOwner } from '../resources/ranges-owner.ts';
import { type ReservedIPSpec, reservedIPKind, reservedIPSpecSchema } from '../resources/reserved-ip.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { scopeOf } from '../resources/scope.ts';
import type { Caller } from './caller.ts';

/** A write to the store, as a caller asks for it. */
export interface Touch {
  readonly verb: 'create' | 'update' | 'update-status' | 'delete';
  /** What is to be there afterwards; absent for a delete. */
  readonly resource?: Resource | undefined;
  /** What is there now; for a node's update and delete always given. */
  readonly present?: Stored<Resource> | undefined;
}

export interface TouchFacts {
  /** The pool that the resource names, if there is one of that name. */
  readonly pool: Pool | undefined;
}

type NodeRule = (caller: Caller, touch: Touch, facts: TouchFacts) => IpamError | undefined;

/** What a node may write, by kind. Of other kinds (subnets, endpoints) daemons write nothing. */
const nodeRules: Readonly<Record<string, NodeRule>> = {
  [blockKind]: blockRefusal,
  [claimKind]: claimRefusal,
  [poolKind]: poolRefusal,
  [reservedIPKind]: reservedIPRefusal,
};

const elsewhere = 'ask a member with an operator’s or admin’s certificate: ipam-cli --daemon <member>:9090 …';

/**
 * Why a caller may not make this write; undefined: it may. Members and admins write what they like: members serve the
 * others. A node writes what its own daemon must: blocks and claims of its own, pools of its own network configurations,
 * and quarantines.
 */
export function refusalOf(caller: Caller, touch: Touch, facts: TouchFacts): IpamError | undefined {
  if (caller.role === 'member' || caller.role === 'admin') return undefined;
  const kind = (touch.resource ?? touch.present)?.kind ?? '';
  const rule = Object.hasOwn(nodeRules, kind) ? nodeRules[kind] : undefined;
  if (caller.role !== 'node' || rule === undefined || touch.verb === 'update-status')
    return denied(caller, touch, elsewhere);
  return addsNothing(touch) ? rule(caller, touch, facts) : malformed(touch);
}

/** A lease: exactly one of the pool's blocks, so that it overlaps nobody's. */
function blockRefusal(caller: Caller, touch: Touch, { pool }: TouchFacts): IpamError | undefined {
  const refusal = ownRefusal(caller, touch);
  if (refusal !== undefined || touch.verb === 'delete') return refusal;
  const spec = specOf<BlockSpec>(blockSpecSchema, touch.resource);
  if (spec === undefined || !isExactly(newBlock, spec, touch)) return malformed(touch);
  if (touch.verb === 'update') return undefined;
  const prefix = parsePrefix(spec.cidr);
  const isBlock = pool?.blockSize === prefix.length && prefixContains(pool.subnet, prefix.address);
  return isBlock ? undefined : stale(`${spec.cidr} is no block of pool "${spec.pool}"`);
}

/**
 * One address of a pool. Of a block its lessee claims what stays, and whoever has it on record claims it again, wherever it is by then,
 * after a store has lost it: so it is for any node.
 */
function claimRefusal(caller: Caller, asked: Touch, { pool }: TouchFacts): IpamError | undefined {
  const touch = { ...asked, resource: unlabelled(asked.resource), present: unlabelled(asked.present) };
  const { verb, resource, present } = touch;
  const spec = specOf<ClaimSpec>(claimSpecSchema, resource);
  const before = specOf<ClaimSpec>(claimSpecSchema, present);
  // What nobody has is for whoever comes again for the same, from whichever node.
  const isTaken =
    verb === 'update' &&
    spec !== undefined &&
    before !== undefined &&
    (isTakenOver(spec, before) || isMigration(spec, before));
  const refusal = ownRefusal(caller, isTaken ? { verb, resource } : touch);
  if (refusal !== undefined || verb === 'delete') return refusal;
  const isChange = isTaken || (verb === 'update' && spec !== undefined && before !== undefined && isPark(spec, before));
  if (spec === undefined || !isExactly(newClaim, spec, isChange ? { ...touch, present: unchanged(touch) } : touch))
    return malformed(touch);
  if (verb === 'update' && !isTaken) return undefined;
  const isOffered = pool !== undefined && mayClaim(pool, parseAddress(spec.address));
  return isOffered ? undefined : stale(`${spec.address} is not to be claimed of pool "${spec.pool}"`);
}

function mayClaim(pool: Pool, address: Address): boolean {
  return leasesBlocks(pool) ? isOfSomeBlock(pool, address, emptyRangeSet) : containsAddress(pool.usable, address);
}

/** Without the labels by which a claim is found, where they say again what its specification says. */
function unlabelled<R extends Resource>(resource: R | undefined): R | undefined {
  const spec = specOf<ClaimSpec>(claimSpecSchema, resource);
  if (resource?.metadata.labels === undefined || spec === undefined) return resource;
  const { labels, ...metadata } = resource.metadata;
  const bare = { ...resource, metadata };
  return isDeepStrictEqual(labelsOf(spec, metadata), labels) ? bare : resource;
}

function labelsOf(spec: ClaimSpec, metadata: Resource['metadata']): Resource['metadata']['labels'] {
  const claim: Claim = { ...newClaim(spec), metadata };
  return labelled(claim).metadata.labels;
}

/** Its container is gone, and it is kept for its identity: nothing else is changed. */
function isPark({ parkedAt, ...rest }: ClaimSpec, before: ClaimSpec): boolean {
  return parkedAt !== undefined && before.ownerName !== undefined && isDeepStrictEqual(rest, before);
}

/**
 * It is kept and nobody has it; a container of the same identity takes it, to keep it for that or to be its last. Of which
 * identity a claim is, its place tells: of one that is kept for a Pod by name it has that name.
 */
function isTakenOver(spec: ClaimSpec, before: ClaimSpec): boolean {
  if (before.parkedAt === undefined || spec.parkedAt !== undefined) return false;
  const { ownerKind, ownerName } = before;
  const isLast = spec.ownerKind === undefined && spec.ownerName === undefined;
  // The very Pod that had it has it on, whoever keeps that by now.
  const isOwners = spec.ownerKind === ownerKind && spec.ownerName === ownerName;
  const isSamePod = spec.podUid !== undefined && spec.podUid === before.podUid;
  const place = placeOfClaim(newClaim(before));
  const isThere =
    place !== undefined && placeOfClaim(newClaim(isLast ? { ...spec, ownerKind, ownerName } : spec)) === place;
  const isSameAddress = spec.address === before.address && scopeOf(spec.pool) === scopeOf(before.pool);
  return isSameAddress && isThere && (isLast || isOwners || isSamePod);
}

/**
 * A virtual machine moves to the caller's node, and its address with it, while a container of another node has that on: which is
 * remembered first among those it was moved from, so that its daemon knows, and keeps it until its DEL.
 */
function isMigration(spec: ClaimSpec, before: ClaimSpec): boolean {
  if (before.ownerKind !== virtualMachineKind || before.parkedAt !== undefined || spec.parkedAt !== undefined)
    return false;
  if (spec.ownerKind !== before.ownerKind || spec.ownerName !== before.ownerName) return false;
  const place = placeOfClaim(newClaim(before));
  const isThere = place !== undefined && placeOfClaim(newClaim(spec)) === place;
  const isSameAddress = spec.address === before.address && scopeOf(spec.pool) === scopeOf(before.pool);
  return isThere && isSameAddress && spec.migratedFrom === migrationSources(before);
}

/** What is there, as if its specification were that which is to be there. */
function unchanged({ resource, present }: Touch): Stored<Resource> | undefined {
  return present === undefined ? undefined : { ...present, spec: resource?.spec };
}

/**
 * The pools of a node's own CNI ranges, whose names tell all that is in them: it makes them, puts them right, and deletes
 * them. Nobody else's.
 */
function poolRefusal(caller: Caller, touch: Touch): IpamError | undefined {
  const isOwn = [touch.resource ?? touch.present].every(
    (pool) => pool !== undefined && isRangePool(pool) && isBare(pool) && rangesOwner(pool)?.node === caller.name,
  );
  return isOwn || isFormer(touch)
    ? undefined
    : denied(caller, touch, `a node writes the pools of its own CNI ranges only; ${elsewhere}`);
}

/** As versions make them that knew no nodes: while a cluster is upgraded, their networks go on. */
function isFormer({ verb, resource }: Touch): boolean {
  const owner = resource === undefined ? undefined : rangesOwner(resource);
  if (resource === undefined || owner === undefined || owner.node !== undefined || verb !== 'create') return false;
  const { blockSize, default: isDefault = false, disable = false } = resource.spec as PoolSpec;
  const { name, labels = {} } = resource.metadata;
  const isPlain = blockSize === undefined && !isDefault && !disable && Object.keys(labels).length === 1;
  return isPlain && name.startsWith('cni-');
}

/** Has it nothing that `newRangePool` does not put there? */
function isBare({ metadata, spec }: Resource): boolean {
  const { labels = {}, annotations = {}, finalizers = [], ownerReferences = [] } = metadata;
  const { ipVersion, subnet, ips, gateway, nodeName, ...more } = spec as PoolSpec;
  const marks = Object.keys(annotations).filter((key) => !rangesAnnotations.includes(key));
  const extras = [...Object.keys(more), ...marks, ...finalizers, ...ownerReferences];
  return extras.length === 0 && Object.keys(labels).length === 1;
}

/**
 * Quarantines: operators put addresses there and lift them through whichever daemon they ask, and whoever sees first that one
 * is over lifts it. Reserving by plan is up to operators at a member.
 */
function reservedIPRefusal(caller: Caller, touch: Touch): IpamError | undefined {
  const objects = [touch.present, touch.resource].flatMap((object) => object ?? []);
  if (!objects.every(isQuarantine)) return denied(caller, touch, elsewhere);
  return touch.verb === 'delete' || isBareQuarantine(touch) ? undefined : malformed(touch);
}

/** Of one address, under its name, and nothing in it that the daemons do not put there. */
function isBareQuarantine(touch: Touch): boolean {
  const spec = specOf<ReservedIPSpec>(reservedIPSpecSchema, touch.resource);
  const [text = ''] = spec?.ips ?? [];
  const quarantine = spec && quarantineOf(spec);
  const address = readable(text, parseAddress);
  if (address === undefined || quarantine === undefined) return false;
  const exact = newQuarantine(address, quarantine);
  const { verb, resource, present } = touch;
  if (resource === undefined || !isNamed(resource, exact) || !isDeepStrictEqual(resource.spec, exact.spec))
    return false;
  return verb === 'update' ? keepsMetadata(resource, present) : hasBareMetadata(resource);
}

/** Both what is there and what is to be there must be of the node and of its daemon. */
function ownRefusal(caller: Caller, touch: Touch): IpamError | undefined {
  for (const object of [touch.present, touch.resource]) {
    if (object === undefined) continue;
    const { node, daemon } = (object.spec ?? {}) as { readonly node?: unknown; readonly daemon?: unknown };
    if (node === caller.name && daemon === caller.name) continue;
    return denied(caller, touch, `a node writes only what has its name as spec.node and spec.daemon; ${elsewhere}`);
  }
  return undefined;
}

/** Named after what it is about, and nothing in it that the daemons do not put there. */
function isExactly<S>(make: (spec: S) => Resource, spec: S, { resource, present, verb }: Touch): boolean {
  if (resource === undefined) return false;
  if (!isNamed(resource, make(spec))) return false;
  if (verb === 'update') return isDeepStrictEqual(resource.spec, present?.spec) && keepsMetadata(resource, present);
  return hasBareMetadata(resource);
}

function isNamed({ apiVersion, kind, metadata }: Resource, exact: Resource): boolean {
  return apiVersion === exact.apiVersion && kind === exact.kind && metadata.name === exact.metadata.name;
}

function hasBareMetadata({ metadata }: Resource): boolean {
  return Object.keys(metadata).every((key) => key === 'name' || key === 'uid');
}

/** What stands beside these is kept like them, and nobody looks at it. */
const looked = new Set(['apiVersion', 'kind', 'metadata', 'spec']);

function addsNothing({ resource, present }: Touch): boolean {
  const before = new Map(Object.entries(present ?? {}));
  return Object.entries(resource ?? {}).every(
    ([key, value]) => looked.has(key) || isDeepStrictEqual(value, before.get(key)),
  );
}

/** A finalizer of a node's would keep its claims from being taken back, after the node itself is gone. */
function keepsMetadata({ metadata }: Resource, present: Resource | undefined): boolean {
  const { resourceVersion: _, ...after } = metadata;
  const { resourceVersion: __, ...before } = present?.metadata ?? { name: '' };
  return isDeepStrictEqual(after, before);
}

function specOf<S>(
  schema: { safeParse(value: unknown): { success: boolean; data?: unknown } },
  resource: Resource | undefined,
): S | undefined {
  try {
    const { success, data } = schema.safeParse(resource?.spec);
    return success ? (data as S) : undefined;
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

function malformed({ resource }: Touch): IpamError {
  return new IpamError(
    'permission-denied',
    `${resource?.kind} "${resource?.metadata.name}" is not what a daemon writes`,
  );
}

/** An agent whose view of the pools is old hears this, and tries again. */
function stale(message: string): IpamError {
  return new IpamError('conflict', `${message} as it is now`, { advice: 'try again' });
}

function denied({ role, name }: Caller, { verb, resource, present }: Touch, advice: string): IpamError {
  const object = resource ?? present;
  const what = object === undefined ? 'objects' : `${object.kind} "${object.metadata.name}"`;
  return new IpamError('permission-denied', `${role} "${name}" may not ${verb} ${what}`, {
    advice,
    facts: { name, role, verb },
  });
}
