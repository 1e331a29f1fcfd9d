import { formatPrefix, parseInterfaceAddress } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import { parseJsonText } from '../resources/json-text.ts';
import type { PoolResource } from '../resources/pool.ts';
import { poolsOfNetwork } from './cni-configs.ts';
import { addressOrNone, type ForeignLease } from './foreign.ts';
import type { LeftOut } from './holdings.ts';

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
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** @throws IpamError invalid-config: ranges that kube-ipam does not write */
export function kubeIpamHoldings(entries: readonly (readonly [key: string, value: string])[]): KubeIpamHoldings {
  const pools: PoolResource[] = [];
  const leases: ForeignLease[] = [];
  const leftOut: LeftOut[] = [];
  const networks = new Set<string>();
  for (const [key, value] of entries) {
    const [network = '', area, name = ''] = key.slice(kubeIpamPrefix.length).split('/');
    networks.add(network);
    if (area === undefined) pools.push(...poolsOf(network, value, key));
    if (area !== 'used') continue;
    const address = addressOrNone(name);
    if (address === undefined || value === '')
      leftOut.push({ subject: key, reason: 'it names no address or no container' });
    else leases.push({ address, attachment: { network, containerId: value, ifname: usualInterface }, at: undefined });
  }
  const warnings = [...networks].map(
    (network) =>
      `network "${network}": addresses that Pods fixed by annotation (kube-ipam.ip) are in no key of kube-ipam's, and not moved; reserve them (SpiderReservedIP) when a pool offers them`,
  );
  return { pools, leases, leftOut, warnings };
}

function poolsOf(network: string, text: string, key: string): readonly PoolResource[] {
  const sets = parseJsonText(text, key);
  if (!Array.isArray(sets)) throw new IpamError('invalid-config', `${key}: no list of ranges`);
  const ranges = sets.map((set: unknown) => (Array.isArray(set) ? set.map(tidyRange) : set));
  const config = { name: network, cniVersion: '0.3.1', ipam: { type: 'kube-ipam', ranges } };
  return poolsOfNetwork({ file: key, name: network, ipamType: 'kube-ipam', config }).pools;
}

/** Go's IPNet keeps host bits that somebody wrote. */
function tidyRange(range: unknown): unknown {
  const subnet = (range as { readonly subnet?: unknown } | null)?.subnet;
  if (typeof subnet !== 'string') return range;
  return { ...(range as object), subnet: formatPrefix(parseInterfaceAddress(subnet).prefix) };
}
