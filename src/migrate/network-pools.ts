import { networkConfig } from '../cni/network-config.ts';
import { allocateRequest } from '../cni/request.ts';
import { newInlinePools } from '../daemon/inline-pools.ts';
import { parsePrefix } from '../ip/prefix.ts';
import type { Route } from '../ipam/allocation.ts';
import type { InlineRange } from '../ipam/request.ts';
import { isIpamError } from '../resources/errors.ts';
import type { PoolResource } from '../resources/pool.ts';
import type { InstalledNetwork } from './cni-configs.ts';
import type { Conflict } from './conflict.ts';

export interface NetworkPools {
  readonly pools: readonly PoolResource[];
  /** What every interface of the network gets; undefined: the pools' own. */
  readonly routes: readonly Route[] | undefined;
  readonly conflicts: readonly Conflict[];
}

export const noPools: NetworkPools = { pools: [], routes: undefined, conflicts: [] };

/**
 * The pools that the daemon makes of the network's ranges once it serves the network (decision 6): the same names, so
 * that an ADD after the migration finds them. None when the runtime hands the ranges over with each call.
 */
export function poolsOfNetwork({ config, name, file }: InstalledNetwork): NetworkPools {
  try {
    const network = networkConfig({ ...config, ipam: { ...(config.ipam as object), type: 'ipam-plugin' } });
    const { source, routes } = allocateRequest(network, { containerId: 'none', ifname: 'none', netns: '', args: '' });
    if (source.kind !== 'ranges') return { ...noPools, routes };
    return { pools: newInlinePools(name, source.sets).flat(), routes, conflicts: [] };
  } catch (error) {
    if (!isIpamError(error)) throw error;
    const subject = `${file}: network "${name}"`;
    const advice = error.advice || 'mend the file, which ipam-plugin will read likewise, and repeat';
    return { ...noPools, conflicts: [{ subject, reason: error.message, advice }] };
  }
}

/** A pool for a whole subnet, as host-local would use it: the first host address is the gateway. @throws AddressError */
export function poolForSubnet(network: string, subnet: string): readonly PoolResource[] {
  const range: InlineRange = { subnet: parsePrefix(subnet) };
  const gateway = { family: range.subnet.address.family, value: range.subnet.address.value + 1n };
  return newInlinePools(network, [[{ ...range, gateway }]]).flat();
}
