import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { networkConfig } from '../cni/network-config.ts';
import { allocateRequest } from '../cni/request.ts';
import { newInlinePools } from '../daemon/inline-pools.ts';
import { parsePrefix } from '../ip/prefix.ts';
import type { Route } from '../ipam/allocation.ts';
import type { InlineRange } from '../ipam/request.ts';
import { IpamError } from '../resources/errors.ts';
import { parseJsonText } from '../resources/json-text.ts';
import type { PoolResource } from '../resources/pool.ts';

/** A network as a runtime finds it in its folder: one plugin of it that has an `ipam` section. */
export interface InstalledNetwork {
  readonly file: string;
  readonly name: string;
  readonly ipamType: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Networks of a file or of a folder, as libcni reads them (.conf, .conflist, .json). @throws IpamError invalid-config */
export function installedNetworks(path: string): readonly InstalledNetwork[] {
  if (!existsSync(path)) return [];
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.(conf|conflist|json)$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return files.flatMap((file) => networksOf(parseJsonText(readFileSync(file, 'utf8'), file), file));
}

function networksOf(value: unknown, file: string): readonly InstalledNetwork[] {
  const top = objectOf(value);
  const plugins = Array.isArray(top.plugins) ? top.plugins.map(objectOf) : [top];
  return plugins.flatMap((plugin) => {
    const ipamType = objectOf(plugin.ipam).type;
    const name = top.name;
    if (typeof ipamType !== 'string' || typeof name !== 'string') return [];
    return [{ file, name, ipamType, config: { ...plugin, name, cniVersion: top.cniVersion } }];
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export interface NetworkPools {
  readonly pools: readonly PoolResource[];
  /** What every interface of the network gets; undefined: the pools' own. */
  readonly routes: readonly Route[] | undefined;
}

/**
 * The pools that the daemon makes of the network's ranges once it serves the network (decision 6): the same names, so
 * that an ADD after the migration finds them.
 * @throws IpamError invalid-config: it names no ranges
 */
export function poolsOfNetwork({ config, name, file }: InstalledNetwork): NetworkPools {
  const network = networkConfig({ ...config, ipam: { ...objectOf(config.ipam), type: 'ipam-plugin' } });
  const { source, routes } = allocateRequest(network, { containerId: 'none', ifname: 'none', netns: '', args: '' });
  if (source.kind === 'ranges') return { pools: newInlinePools(name, source.sets).flat(), routes };
  throw new IpamError('invalid-config', `${file}: network "${name}" names no ranges`, {
    advice: 'name the configuration that host-local worked with',
  });
}

/** A pool for a whole subnet, as host-local would use it: the first host address is the gateway. @throws AddressError */
export function poolForSubnet(network: string, subnet: string): readonly PoolResource[] {
  const range: InlineRange = { subnet: parsePrefix(subnet) };
  const gateway = { family: range.subnet.address.family, value: range.subnet.address.value + 1n };
  return newInlinePools(network, [[{ ...range, gateway }]]).flat();
}
