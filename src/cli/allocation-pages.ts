import type { Allocation__Output } from '../api/generated/ipam/Allocation.ts';
import type { ListAllocationsRequest } from '../api/generated/ipam/ListAllocationsRequest.ts';
import type { UnansweredNode__Output } from '../api/generated/ipam/UnansweredNode.ts';
import type { Client } from './client.ts';

const pageSize = 1_000;

export interface ListedAllocations {
  readonly allocations: readonly Allocation__Output[];
  /** How many there are in all, as the last page says. */
  readonly total: number;
  /** Each once, whichever pages it is missing from. */
  readonly unanswered: readonly UnansweredNode__Output[];
}

/** Asks page after page. @param limit so many at most */
export async function listAllocations(
  { call }: Pick<Client, 'call'>,
  filters: Omit<ListAllocationsRequest, 'limit' | 'continue_token'>,
  limit = Number.POSITIVE_INFINITY,
): Promise<ListedAllocations> {
  const allocations: Allocation__Output[] = [];
  const missing = new Map<string, UnansweredNode__Output>();
  let [token, total] = ['', 0];
  do {
    const page = await call('ListAllocations', {
      ...filters,
      limit: Math.min(limit - allocations.length, pageSize),
      continue_token: token,
    });
    for (const one of page.unanswered) missing.set(one.node_id, one);
    allocations.push(...page.allocations);
    ({ continue_token: token, total } = page);
  } while (token !== '' && allocations.length < limit);
  return { allocations, total, unanswered: [...missing.values()] };
}
