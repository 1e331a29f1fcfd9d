import type { Family } from '../../ip/address.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Rejection } from './rejection.ts';

export const bothFamilies: readonly Family[] = [4, 6];

/** The pools that a source names for one address, before anything is said against them. */
export interface Candidates {
  readonly family: Family;
  readonly pools: readonly Pool[];
  readonly rejected: readonly Rejection[];
  /** Where the pools are named, for messages. */
  readonly origin?: string;
  /** Those for somebody in particular come first, else the order stands. */
  readonly ranked?: boolean;
}
