import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type InstalledNetwork, installedNetworks } from '../cni/installed-networks.ts';
import { formatPrefix, parsePrefix, prefixContains } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import { IpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { allocationsOf } from './allocations.ts';
import { cachedPods } from './cached-pods.ts';
import type { ForeignLease } from './foreign.ts';
import { noHoldings, type SourceContents } from './holdings.ts';
import {
  type HostLocalFile,
  type HostLocalLeases,
  hostLocalAddress,
  hostLocalLeases,
  isHostLocals,
} from './host-local.ts';
import { importLeases } from './import-leases.ts';
import { type NetworkPools, noPools, poolForSubnet, poolsOfNetwork } from './network-pools.ts';
import type { Source } from './places.ts';

export interface HostLocalOptions {
  /** host-local's folder of all networks, or of one. */
  readonly directory: string;
  /** This node's daemon. */
  readonly node: string;
  /** A network configuration, or the runtime's folder of them. */
  readonly configs: string;
  /** Subnets of networks that no configuration names. */
  readonly poolFor: readonly string[];
  /** libcni's cache, which knows Pods. */
  readonly cniCache: string;
}

/** What host-local writes of one network. */
interface NetworkFolder {
  readonly network: string;
  readonly path: string;
}

/** @throws IpamError invalid-argument: there is nothing of host-local's, or a subnet is none */
export function hostLocalSource(options: HostLocalOptions): Source {
  const folders = networkFolders(options.directory);
  for (const subnet of options.poolFor) {
    if (readable(subnet, parsePrefix) !== undefined) continue;
    throw new IpamError('invalid-argument', `--pool-for ${subnet} is no subnet`, {
      advice: 'write it like 10.1.0.0/24',
    });
  }
  const names = new Set(folders.map(({ network }) => network));
  return {
    store: undefined,
    settleMs: 0,
    read: async () => readHostLocal(options, networkFolders(options.directory)),
    inUse: async () =>
      installedNetworks(options.configs)
        .networks.filter(({ name, ipamType }) => ipamType === 'host-local' && names.has(name))
        .map(({ file, name }) => `${file}: network "${name}" names host-local`),
    close: async () => {},
  };
}

/** A network's name may have slashes: then its folder lies deeper. @throws IpamError invalid-argument */
function networkFolders(directory: string): readonly NetworkFolder[] {
  const isNetwork = (path: string): boolean =>
    entriesOf(path).some(({ name }) => isHostLocals(name) || hostLocalAddress(name) !== undefined);
  if (!existsSync(directory)) throw noNetworks(directory);
  if (isNetwork(directory)) return [{ network: basename(directory), path: directory }];
  const within = (path: string): readonly NetworkFolder[] =>
    entriesOf(path)
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const inner = join(path, name);
        const deeper = within(inner);
        if (deeper.length > 0 && !isNetwork(inner)) return deeper;
        return [{ network: relative(directory, inner), path: inner }, ...deeper];
      });
  const folders = within(directory);
  if (folders.length === 0) throw noNetworks(directory);
  return folders;
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw new IpamError('invalid-argument', `${path}: ${(error as Error).message}`, {
      advice: 'run ipam-cli as root, on the node itself',
    });
  }
}

function noNetworks(directory: string): IpamError {
  return new IpamError('invalid-argument', `--from host-local:${directory}: no network of host-local's is there`, {
    advice: `name the folder that its dataDir names, or ${dirname('/var/lib/cni/networks/x')}`,
  });
}

function readHostLocal(options: HostLocalOptions, folders: readonly NetworkFolder[]): SourceContents {
  const { node, configs, poolFor, cniCache } = options;
  const installed = installedNetworks(configs);
  const podOf = cachedPods(cniCache);
  const all = folders.map(({ network, path }) => {
    const found = hostLocalLeases(network, filesOf(path));
    return { network, found, made: poolsFor(network, node, installed.networks, subnetsOf(found, poolFor)) };
  });
  const leases = all.flatMap(({ found, made }) =>
    found.leases.map(
      (lease): ForeignLease => ({
        ...lease,
        ...podOf(lease.attachment),
        pools: made.pools.map(({ metadata }) => metadata.name),
      }),
    ),
  );
  const pools = all.flatMap(({ made }) => made.pools);
  const imported = importLeases(leases, {
    pools,
    daemon: node,
    advice:
      'name the network configuration that they come from with --network-config, or the subnet with --pool-for 10.1.0.0/24',
    adviceIfTwice:
      'delete one of the two containers, or the file of one that is gone; where the networks never meet, name one of them apart ("network_name" in its ipam section); and repeat',
  });
  const routes = new Map(all.map(({ network, made }) => [network, made.routes]));
  return {
    ...noHoldings,
    resources: [...pools, ...imported.claims],
    allocations: allocationsOf(imported.placed, node, (network) => routes.get(network)),
    conflicts: all.flatMap(({ found, made }) => [...found.conflicts, ...made.conflicts]).concat(imported.conflicts),
    leftOut: all.flatMap(({ found }) => found.leftOut),
    warnings: [
      ...installed.warnings,
      ...elsewhere(options, installed.networks),
      ...all.flatMap(({ found }) => found.warnings),
      ...imported.warnings,
    ],
  };
}

function filesOf(folder: string): readonly HostLocalFile[] {
  return entriesOf(folder)
    .filter((entry) => !entry.isDirectory())
    .flatMap(({ name }): readonly HostLocalFile[] => {
      const path = join(folder, name);
      try {
        return [{ name, text: readFileSync(path, 'utf8'), at: Math.floor(statSync(path).mtimeMs) }];
      } catch (error) {
        // Removed between the list and the look: given back.
        const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
        return isGone ? [] : [{ name, text: undefined, at: 0 }];
      }
    });
}

/** Those that the network has given addresses of. */
function subnetsOf({ leases }: HostLocalLeases, poolFor: readonly string[]): readonly string[] {
  return poolFor.filter((subnet) => leases.some(({ address }) => prefixContains(parsePrefix(subnet), address)));
}

/** Of all configurations of the network: which of them gave an address out, host-local does not write. */
function poolsFor(
  network: string,
  node: string,
  installed: readonly InstalledNetwork[],
  poolFor: readonly string[],
): NetworkPools {
  const named = installed.filter(({ name }) => name === network).map((one) => poolsOfNetwork(one, node));
  const present = new Set(named.flatMap(({ pools }) => pools).map(({ spec }) => spec.subnet));
  const more = poolFor
    .filter((subnet) => !present.has(formatPrefix(parsePrefix(subnet))))
    .map((subnet) => poolForSubnet(network, node, subnet));
  const all = [...named, ...more];
  const pools = new Map(all.flatMap((one) => one.pools).map((pool) => [pool.metadata.name, pool]));
  const [{ routes } = noPools] = named;
  return { pools: [...pools.values()], routes, conflicts: all.flatMap(({ conflicts }) => conflicts) };
}

/** Networks of host-local's that keep their addresses in another folder than the one that is read. */
function elsewhere({ directory }: HostLocalOptions, installed: readonly InstalledNetwork[]): readonly string[] {
  return installed
    .filter(({ ipamType }) => ipamType === 'host-local')
    .flatMap(({ file, name, config }) => {
      const dataDir = goField(config.ipam, 'dataDir');
      const own = resolve(typeof dataDir === 'string' && dataDir !== '' ? dataDir : '/var/lib/cni/networks');
      if (own === resolve(directory) || join(own, name) === resolve(directory)) return [];
      return [`${file}: network "${name}" keeps its addresses in ${own}: migrate --from host-local:${own} as well`];
    });
}
