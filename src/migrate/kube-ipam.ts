import { formatAddress } from '../ip/address.ts';
import { formatPrefix } from '../ip/prefix.ts';
import { isIpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { parseJsonText } from '../resources/json-text.ts';
import type { PoolResource } from '../resources/pool.ts';
import { type Conflict, unreadable } from './conflict.ts';
import type { ForeignLease } from './foreign.ts';
import { goAddress, goPrefix } from './go-net.ts';
import { poolsOfNetwork } from './network-pools.ts';

/**
 * kube-ipam's keys (cloudnativer/kube-ipam, backend/etcd), all below this one: `NETWORK` holds the network's range sets as
 * JSON, `NETWORK/used/ADDRESS` the container's id, `NETWORK/lastReserved/N` an address, `NETWORK/lock` a lease.
 */
export const kubeIpamPrefix = '/etcd-cni/networks/';

/** It writes no interface. */
const usualInterface = 'eth0';

export interface KubeIpamHoldings {
  readonly pools: readonly PoolResource[];
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
}

export function kubeIpamHoldings(entries: readonly (readonly [key: string, value: string])[]): KubeIpamHoldings {
  const conflicts: Conflict[] = [];
  const used: (readonly [network: string, name: string, value: string, key: string])[] = [];
  const pools = new Map<string, readonly PoolResource[]>();
  for (const [key, value] of entries) {
    const path = key.slice(kubeIpamPrefix.length);
    const [, network, area = '', name = ''] = /^([^/]+)(?:\/(used|lastReserved|lock)(?:\/([^/]*))?)?$/.exec(path) ?? [];
    if (network === undefined) {
      conflicts.push(unreadable(key, 'kube-ipam writes no such key'));
    } else if (area === '') {
      const made = poolsOf(network, value, key);
      pools.set(network, made.pools);
      conflicts.push(...made.conflicts);
    } else if (area === 'used') {
      used.push([network, name, value, key]);
    }
  }
  const leases = used.flatMap(([network, name, containerId, origin]): readonly ForeignLease[] => {
    const address = goAddress(name);
    if (address === undefined || containerId === '') {
      conflicts.push(unreadable(origin, 'it names no address or no container'));
      return [];
    }
    const attachment = { network, containerId, ifname: usualInterface };
    const own = (pools.get(network) ?? []).map(({ metadata }) => metadata.name);
    return [{ address, attachment, at: undefined, pools: own, origin }];
  });
  return { pools: [...pools.values()].flat(), leases, conflicts };
}

function poolsOf(network: string, text: string, key: string): ReturnType<typeof poolsOfNetwork> {
  const refused = (reason: string) => ({ pools: [], routes: undefined, conflicts: [unreadable(key, reason)] });
  let sets: unknown;
  try {
    sets = parseJsonText(text, key);
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return refused('it is not JSON');
  }
  if (!Array.isArray(sets) || sets.length === 0) return refused('it holds no list of ranges');
  const ranges = sets.map((set: unknown) => (Array.isArray(set) ? set.map(tidyRange) : set));
  const config = { name: network, cniVersion: '0.3.1', ipam: { type: 'kube-ipam', ranges } };
  return poolsOfNetwork({ file: key, name: network, ipamType: 'kube-ipam', config }, undefined);
}

/** As Go's encoder writes it: host bits that somebody wrote are kept, and what is absent may be empty. */
function tidyRange(range: unknown): unknown {
  const subnet = goField(range, 'subnet');
  const known = { subnet: formattedPrefix(subnet) ?? subnet };
  const ends = ['rangeStart', 'rangeEnd', 'gateway'].flatMap((key) => {
    const value = goField(range, key);
    const address = goAddress(value);
    return value === undefined || value === '' ? [] : [[key, address === undefined ? value : formatAddress(address)]];
  });
  return { ...known, ...Object.fromEntries(ends) };
}

function formattedPrefix(text: unknown): string | undefined {
  const prefix = goPrefix(text)?.prefix;
  return prefix === undefined ? undefined : formatPrefix(prefix);
}
