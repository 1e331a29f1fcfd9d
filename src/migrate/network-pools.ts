import type { InstalledNetwork } from '../cni/installed-networks.ts';
import { goConfig, networkConfig } from '../cni/network-config.ts';
import { allocateRequest } from '../cni/request.ts';
import type { Route } from '../ipam/allocation.ts';
import { rangePools } from '../ipam/claim/range-pools.ts';
import { isIpamError } from '../resources/errors.ts';
import type { PoolResource } from '../resources/pool.ts';
import type { Conflict } from './conflict.ts';

export interface NetworkPools {
  readonly pools: readonly PoolResource[];
  /** What every interface of the network gets; undefined: the pools' own. */
  readonly routes: readonly Route[] | undefined;
  readonly conflicts: readonly Conflict[];
}

export const noPools: NetworkPools = { pools: [], routes: undefined, conflicts: [] };

/**
 * The pools that the node's daemon makes of the network's ranges once it serves the network (decision 36): the same names,
 * so that an ADD after the migration finds them. None when the runtime hands the ranges over with each call.
 * @param node undefined: of a source that knows no nodes; such pools keep what is out, and give nothing more
 */
export function poolsOfNetwork(
  { config, name, file, ipamType }: InstalledNetwork,
  node: string | undefined,
): NetworkPools {
  try {
    // With kube-ipam's name the file goes on saying what it says, also of addresses that are asked for.
    const type = ipamType === 'kube-ipam' ? ipamType : 'ipam-plugin';
    const network = networkConfig(goConfig({ ...config, ipam: { ...(config.ipam as object), type } }));
    const { source, routes } = allocateRequest(network, { containerId: 'none', ifname: 'none', netns: '', args: '' });
    if (source.kind !== 'ranges') return { ...noPools, routes };
    const { networkName, sets } = source;
    return { pools: rangePools({ network: name, node, networkName }, sets).flat(), routes, conflicts: [] };
  } catch (error) {
    if (!isIpamError(error)) throw error;
    const subject = `${file}: network "${name}"`;
    const advice = error.advice || 'mend the file, which ipam-plugin will read likewise, and repeat';
    return { ...noPools, conflicts: [{ subject, reason: error.message.replace(`network "${name}": `, ''), advice }] };
  }
}

/** A pool for a whole subnet, as the daemon makes it of a network's ranges that name the subnet and nothing else. */
export function poolForSubnet(name: string, node: string, subnet: string): NetworkPools {
  const ipam = { type: 'ipam-plugin', ranges: [[{ subnet }]] };
  const config = { name, cniVersion: '1.0.0', ipam };
  return poolsOfNetwork({ file: `--pool-for ${subnet}`, name, ipamType: ipam.type, config }, node);
}
