import { z } from 'zod';
import { IpamError } from '../../resources/errors.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { objectNamePattern } from '../../resources/names.ts';
import { ownValue } from '../../resources/own-value.ts';
import { largestQuota, type Pool } from '../../resources/pool.ts';
import { type Attempt, attemptText } from './exhausted.ts';

/*
 * How many addresses the Pods of one namespace may hold: of a pool (`spec.namespaceQuota`), and in all. The claims of the namespace
 * are counted, those that are parked for its Pods among them. Addresses of blocks have claims only where they are kept
 * (`allocation.keepInBlocks`): there each address under a quota gets one, elsewhere none is given.
 */

/** On a Namespace: `100`, `100, blue=20`, `blue=unlimited`. */
export const quotaAnnotation = 'berth.network/address-quota';

/** How many, and who says so. */
export interface Limit {
  readonly count: number;
  /** For messages. */
  readonly origin: string;
}

/** What the Pods of a namespace may hold. */
export interface NamespaceQuota {
  readonly namespace: string;
  /** Undefined: as many as there are. */
  readonly inAll: Limit | undefined;
  /** Of pools of which the namespace says it itself, by name; undefined: as many as there are. */
  readonly inPools: ReadonlyMap<string, Limit | undefined>;
}

/** What nearly every ADD goes by. */
const noAnnotations: Labels = {};
const noPools: NamespaceQuota['inPools'] = new Map();

/**
 * The quota of a namespace.
 * @param annotations of the Namespace; undefined: nobody tells
 * @param usual of namespaces that do not say, in all; undefined: none
 * @throws IpamError invalid-config: the annotation cannot be read, and so nobody knows how many it may hold
 */
export function namespaceQuota(namespace: string, annotations: Labels = noAnnotations, usual?: number): NamespaceQuota {
  const told = ownValue(annotations, quotaAnnotation);
  let inAll = usual === undefined ? undefined : { count: usual, origin: 'allocation.namespaceQuota of ipam-daemon' };
  if (told === undefined) return { namespace, inAll, inPools: noPools };
  const inPools = new Map<string, Limit | undefined>();
  const places = new Set<string>();
  for (const part of told.split(',').map((one) => one.trim())) {
    const equals = part.indexOf('=');
    const pool = equals < 0 ? '' : part.slice(0, equals).trim();
    if (equals >= 0 && !objectNamePattern.test(pool))
      throw unreadable(namespace, told, `"${pool}" is not a valid name of a pool`);
    if (places.has(pool))
      throw unreadable(namespace, told, pool === '' ? 'two numbers in all' : `pool "${pool}" stands twice`);
    places.add(pool);
    const limit = limitOf(part.slice(equals + 1).trim(), (rule) =>
      unreadable(namespace, told, pool === '' ? rule : `pool "${pool}": ${rule}`),
    );
    if (pool === '') inAll = limit;
    else inPools.set(pool, limit);
  }
  return { namespace, inAll, inPools };
}

const number = z
  .string()
  .regex(/^(0|[1-9]\d*)$/)
  .transform(Number)
  .pipe(z.number().max(largestQuota));

function limitOf(text: string, refusal: (rule: string) => IpamError): Limit | undefined {
  if (text === 'unlimited') return undefined;
  const { data } = number.safeParse(text);
  if (data === undefined) throw refusal(`must be a number from 0 to ${largestQuota}, or "unlimited"`);
  return { count: data, origin: `annotation ${quotaAnnotation}` };
}

function unreadable(namespace: string, told: string | undefined, rule: string): IpamError {
  const place = `Namespace "${namespace}": annotation ${quotaAnnotation}`;
  return new IpamError('invalid-config', `${place}: ${rule} (got "${told ?? ''}")`, {
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
    facts: { namespace, annotation: quotaAnnotation },
  });
}

/** How many of a pool; undefined: as many as there are. */
export function limitInPool({ name, namespaceQuota: own }: Pool, { inPools }: NamespaceQuota): Limit | undefined {
  if (inPools.has(name)) return inPools.get(name);
  return own === undefined ? undefined : { count: own, origin: 'spec.namespaceQuota' };
}

/** Is anything to be counted before an address of this pool is given? */
export function isLimited(pool: Pool, quota: NamespaceQuota): boolean {
  return (limitInPool(pool, quota) ?? quota.inAll) !== undefined;
}

/** What a namespace holds without the address that is asked for. */
export interface Holding {
  readonly inPool: number;
  readonly inAll: number;
}

/** @throws IpamError quota-exceeded: with one more it would hold more than it may */
export function requireWithinQuota(pool: Pool, quota: NamespaceQuota, holding: Holding): void {
  const ofPool = limitInPool(pool, quota);
  if (ofPool !== undefined && holding.inPool >= ofPool.count) throw exceeded(quota, ofPool, holding.inPool, pool);
  if (quota.inAll !== undefined && holding.inAll >= quota.inAll.count)
    throw exceeded(quota, quota.inAll, holding.inAll);
}

function exceeded({ namespace }: NamespaceQuota, { count, origin }: Limit, used: number, pool?: Pool): IpamError {
  const where = pool === undefined ? 'in all' : `of pool "${pool.name}"`;
  const title = `namespace "${namespace}" holds ${used} ${used === 1 ? 'address' : 'addresses'} ${where}`;
  return new IpamError('quota-exceeded', `${title}, and may hold ${count} (${origin})`, {
    advice: `end Pods of the namespace, or raise its quota (annotation ${quotaAnnotation} of Namespace "${namespace}"${pool === undefined ? '' : `, or spec.namespaceQuota of SpiderIPPool "${pool.name}"`})`,
    facts: { namespace, used, limit: count, ...(pool === undefined ? {} : { pool: pool.name }) },
  });
}

/** The error when a namespace has a quota, and the pool has blocks. */
export function uncountable(pool: Pool, quota: NamespaceQuota): IpamError {
  const limit = limitInPool(pool, quota) ?? quota.inAll;
  return new IpamError(
    'quota-exceeded',
    `namespace "${quota.namespace}" may hold ${limit?.count ?? 0} addresses (${limit?.origin ?? ''}), and those of pool "${pool.name}" are not counted, because it has blocks and allocation.keepInBlocks is off`,
    {
      advice: `set allocation.keepInBlocks on all nodes, have its Pods use pools without blockSize, or take the quota from it (annotation ${quotaAnnotation}: unlimited)`,
      facts: { namespace: quota.namespace, pool: pool.name },
    },
  );
}

/**
 * The error when no pool that was tried gives anything, some of them because of quotas.
 * @param refusals never empty @param attempts at the others, which are exhausted
 */
export function quotaRefused(refusals: readonly IpamError[], attempts: readonly Attempt[]): IpamError {
  const [first] = refusals;
  const messages = new Set([...refusals.map(({ message }) => message), ...attempts.map(attemptText)]);
  return new IpamError('quota-exceeded', [...messages].join('; '), {
    advice: first?.advice ?? '',
    facts: first?.facts ?? {},
  });
}
