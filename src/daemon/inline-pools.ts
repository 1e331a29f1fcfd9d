import { formatAddress } from '../ip/address.ts';
import { firstAddress, formatPrefix, lastAddress } from '../ip/prefix.ts';
import type { InlineRange } from '../ipam/request.ts';
import type { SelectSource } from '../ipam/select.ts';
import { IpamError } from '../resources/errors.ts';
import { prefixName } from '../resources/names.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../resources/pool.ts';

const networkLabel = 'berth.network/cni-network';

export interface InlinePoolsOptions {
  /** Creates the pool or brings it up to date, under the same rules as an operator's apply. */
  readonly apply: (pool: PoolResource) => Promise<void>;
}

/**
 * host-local `ranges` in a network configuration become pools: one per network, set and subnet, so that the
 * ranges get the same guarantees, the same rules and the same names on the command line as any pool.
 */
export class InlinePools {
  readonly #options: InlinePoolsOptions;
  /** Specs applied already, by pool name: an ADD costs no write once its pools are there. */
  readonly #applied = new Map<string, string>();

  constructor(options: InlinePoolsOptions) {
    this.#options = options;
  }

  async ensure(network: string, sets: readonly (readonly InlineRange[])[]): Promise<SelectSource> {
    const names: string[][] = [];
    for (const [index, ranges] of sets.entries()) {
      const pools = inlinePools(network, index, ranges);
      for (const pool of pools) await this.#apply(pool);
      names.push(pools.map(({ metadata }) => metadata.name));
    }
    return { kind: 'sets', sets: names };
  }

  /** The pool is gone: an ADD that names its ranges creates it again. */
  forget(name: string): void {
    this.#applied.delete(name);
  }

  async #apply(pool: PoolResource): Promise<void> {
    const { name } = pool.metadata;
    const spec = JSON.stringify(pool.spec);
    if (this.#applied.get(name) === spec) return;
    await this.#options.apply(pool);
    this.#applied.set(name, spec);
  }
}

/** Ranges of one subnet within a set share a pool; they must agree on the gateway. */
export function inlinePools(network: string, set: number, ranges: readonly InlineRange[]): readonly PoolResource[] {
  const bySubnet = Map.groupBy(ranges, ({ subnet }) => formatPrefix(subnet));
  return [...bySubnet.entries()].map(([subnet, members]) => {
    const [first] = members;
    if (first === undefined) throw new Error(`no range in ${subnet}`);
    const gateways = new Set(members.map(({ gateway }) => (gateway === undefined ? '' : formatAddress(gateway))));
    if (gateways.size > 1) {
      throw new IpamError(
        'invalid-config',
        `network "${network}": ranges of ${subnet} name different gateways: ${[...gateways].join(', ')}`,
      );
    }
    const [gateway] = gateways;
    const spec: PoolSpec = {
      ipVersion: first.subnet.address.family,
      subnet,
      ips: members.map(rangeOf),
      ...(gateway ? { gateway } : {}),
    };
    return {
      apiVersion: spiderpoolVersion,
      kind: poolKind,
      metadata: { name: poolName(network, set, first), labels: { [networkLabel]: network } },
      spec,
    };
  });
}

function rangeOf({ subnet, rangeStart, rangeEnd }: InlineRange): string {
  const first = formatAddress(rangeStart ?? firstAddress(subnet));
  const last = formatAddress(rangeEnd ?? lastAddress(subnet));
  return first === last ? first : `${first}-${last}`;
}

function poolName(network: string, set: number, { subnet }: InlineRange): string {
  const safe = network.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-');
  return `cni-${safe}-${set}-${prefixName(subnet)}`;
}
