import type { Family } from '../../ip/address.ts';
import type { Pool } from '../../resources/pool.ts';
import type { RequestedAddress } from '../requested-address.ts';
import { affinityFilter, type Consumer } from './affinity.ts';
import type { Candidates } from './candidate-pools.ts';
import { candidatesOf, type SelectSource } from './candidates.ts';
import { byPriority } from './priority.ts';
import { noPool, poolTitle, type Reason, type Rejection } from './rejection.ts';
import { againstRequested, wantOf, withinSubnets } from './requested.ts';
import { commonVlan, vlanMismatch } from './vlan.ts';

/** One address that an interface is to get. */
export interface Selection {
  readonly family: Family;
  /** Pools to try, in order; never empty. */
  readonly candidates: readonly Pool[];
  readonly rejected: readonly Rejection[];
  /** Exactly such an address, or none. */
  readonly requested?: RequestedAddress;
}

export interface SelectRequest {
  readonly source: SelectSource;
  /** Empty: each family that the source has. */
  readonly families: readonly Family[];
  readonly requested: readonly RequestedAddress[];
  readonly consumer: Consumer;
  /** Do addresses of blocks stay with whom they are for, those that are asked for by themselves among them? Absent: no. */
  readonly keepsInBlocks?: boolean;
}

interface Draft {
  readonly family: Family;
  candidates: readonly Pool[];
  rejected: readonly Rejection[];
  readonly origin: string | undefined;
  readonly ranked: boolean;
  requested?: RequestedAddress;
}

/**
 * Which pools may this interface use, in what order?
 * @param pools sorted by name
 * @throws IpamError not-found (no such pool, or none that may be used), address-not-allowed, invalid-argument,
 *   invalid-config (an annotation that is needed cannot be read)
 */
export function selectPools(request: SelectRequest, pools: readonly Pool[]): readonly Selection[] {
  const drafts = candidatesOf(request.source, request.families, pools, request.consumer).map(draftOf);
  for (const draft of drafts) requireSome(draft);
  for (const asked of request.requested) assignRequested(asked, drafts, request.keepsInBlocks ?? false);
  const isForOthers = affinityFilter(request.consumer);
  for (const draft of drafts) {
    reject(draft, (pool) => (pool.disabled ? () => pool.closedBecause ?? 'is disabled' : isForOthers(pool)));
    requireSome(draft);
    if (draft.ranked) draft.candidates = byPriority(draft.candidates);
  }
  agreeOnVlan(drafts);
  return drafts;
}

function draftOf({ family, pools, rejected, origin, ranked = false }: Candidates): Draft {
  return { family, candidates: pools, rejected, origin, ranked };
}

function assignRequested(asked: RequestedAddress, drafts: readonly Draft[], keepsInBlocks: boolean): void {
  const draft = wantOf(asked, drafts);
  if (draft === undefined) return;
  draft.requested = withinSubnets(asked, draft);
  reject(draft, againstRequested(draft.requested, keepsInBlocks));
}

function agreeOnVlan(drafts: readonly Draft[]): void {
  const vlan = commonVlan(drafts.map(({ candidates }) => candidates));
  if (vlan === undefined) return;
  for (const draft of drafts) {
    reject(draft, (pool) => vlanMismatch(pool, vlan));
    requireSome(draft);
  }
}

function requireSome({ family, candidates, rejected, origin }: Draft): void {
  if (candidates.length === 0) throw noPool(family, rejected, origin);
}

function reject(draft: Draft, reasonOf: (pool: Pool) => Reason | undefined): void {
  const kept: Pool[] = [];
  const rejected: Rejection[] = [];
  for (const pool of draft.candidates) {
    const reason = reasonOf(pool);
    if (reason === undefined) kept.push(pool);
    else rejected.push({ pool: pool.name, ...(pool.ranges === undefined ? {} : { title: poolTitle(pool) }), reason });
  }
  if (rejected.length === 0) return;
  draft.candidates = kept;
  draft.rejected = [...draft.rejected, ...rejected];
}
