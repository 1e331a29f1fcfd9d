import { formatPrefix } from '../ip/prefix.ts';
import { type Pool, parsePool } from '../resources/pool.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { parseSubnet, type Subnet } from '../resources/subnet.ts';
import type { PoolObject, SubnetObject } from './objects.ts';

/** An object as it is stored, and as it reads. */
export interface Parsed<R extends Resource, T> {
  readonly resource: Stored<R>;
  /** Undefined: it breaks its rules, and `problem` says which. */
  readonly value: T | undefined;
  readonly problem: string;
}

export type ParsedPool = Parsed<PoolObject, Pool>;
export type ParsedSubnet = Parsed<SubnetObject, Subnet>;

export function readPool(resource: Stored<PoolObject>): ParsedPool {
  return read(resource, parsePool);
}

export function readSubnet(resource: Stored<SubnetObject>): ParsedSubnet {
  return read(resource, parseSubnet);
}

/** Pools belong to the subnet that has exactly their prefix. @returns undefined: one that cannot be read belongs to none */
export function networkOf({ value }: ParsedPool | ParsedSubnet): string | undefined {
  if (value === undefined) return undefined;
  return formatPrefix('prefix' in value ? value.prefix : value.subnet);
}

/** Whatever is wrong with one object must not end the reflection of all: every error is a problem of the object. */
function read<R extends Resource, T>(resource: Stored<R>, parse: (resource: Stored<R>) => T): Parsed<R, T> {
  try {
    return { resource, value: parse(resource), problem: '' };
  } catch (error) {
    return { resource, value: undefined, problem: (error as Error).message };
  }
}

/** Does a pool read as it did? Its status is written again and again, and is none of what it says. */
export function saysTheSame(before: ParsedPool | undefined, after: ParsedPool | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const said = ({ resource: { metadata, spec } }: ParsedPool): string =>
    JSON.stringify([metadata.uid, metadata.labels, metadata.annotations, spec]);
  return said(before) === said(after);
}
