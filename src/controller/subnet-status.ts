import { countAddresses, formatRangeSet, intersect } from '../ip/range-set.ts';
import { applicationOfPool, applicationText } from '../ipam/bind/application.ts';
import type { Pool } from '../resources/pool.ts';
import { applicationNameLabel } from '../resources/published.ts';
import { statusCount } from '../resources/status-count.ts';
import type { Subnet } from '../resources/subnet.ts';
import type { SubnetStatus } from './objects.ts';

/** Longest list of pools, characters; a longer one is left out and only counted (decision 15). */
const longestList = 512 * 1024;

/** What a subnet's status should say: which addresses each of its pools has. */
export function subnetStatus(subnet: Subnet, pools: readonly Pool[]): SubnetStatus {
  let allocated = 0n;
  const controlled: Record<string, { readonly ips: readonly string[]; readonly application?: string }> = {};
  for (const pool of pools.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const own = intersect(pool.usable, subnet.controlled);
    const owner = applicationOfPool(pool.labels);
    // A pool with the name alone was labelled by people.
    const application = owner === undefined ? pool.labels[applicationNameLabel] : applicationText(owner);
    allocated += countAddresses(own);
    controlled[pool.name] = { ips: formatRangeSet(own), ...(application === undefined ? {} : { application }) };
  }
  const text = JSON.stringify(controlled);
  return {
    ...(pools.length === 0 || text.length > longestList ? {} : { controlledIPPools: text }),
    totalIPCount: statusCount(countAddresses(subnet.controlled)),
    allocatedIPCount: statusCount(allocated),
  };
}
