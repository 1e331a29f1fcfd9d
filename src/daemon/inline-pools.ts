import { formatAddress } from '../ip/address.ts';
import { firstAddress, formatPrefix, lastAddress } from '../ip/prefix.ts';
import type { SelectSource } from '../ipam/candidates.ts';
import type { InlineRange } from '../ipam/request.ts';
import { IpamError } from '../resources/errors.ts';
import { prefixName } from '../resources/names.ts';
import { networkLabel, type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../resources/pool.ts';

export interface InlinePoolsOptions {
  /** Creates the pool or brings it up to date, under the same rules as an operator's apply. */
  readonly apply: (pool: PoolResource) => Promise<void>;
}

/**
 * host-local `ranges` in a network configuration become pools: one per network, subnet and set, so that the
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
    const all = newInlinePools(network, sets);
    for (const pool of all.flat()) await this.#apply(pool);
    return { kind: 'sets', sets: all.map((pools) => pools.map(({ metadata }) => metadata.name)) };
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

/** The pools that a network's ranges become, set by set. @throws IpamError invalid-config */
export function newInlinePools(
  network: string,
  sets: readonly (readonly InlineRange[])[],
): readonly (readonly PoolResource[])[] {
  const seen = new Map<string, number>();
  return sets.map((ranges) => inlinePools(network, ranges, seen));
}

/**
 * Ranges of one subnet within a set share a pool; they must agree on the gateway.
 * @param seen how often each subnet has occurred in the sets before; brought up to date
 */
function inlinePools(
  network: string,
  ranges: readonly InlineRange[],
  seen: Map<string, number>,
): readonly PoolResource[] {
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
    const occurrence = seen.get(subnet) ?? 0;
    seen.set(subnet, occurrence + 1);
    const spec: PoolSpec = {
      ipVersion: first.subnet.address.family,
      subnet,
      ips: members.map(rangeOf),
      ...(gateway ? { gateway } : {}),
    };
    return {
      apiVersion: spiderpoolVersion,
      kind: poolKind,
      metadata: { name: poolName(network, first, occurrence), labels: { [networkLabel]: network } },
      spec,
    };
  });
}

function rangeOf({ subnet, rangeStart, rangeEnd }: InlineRange): string {
  const first = formatAddress(rangeStart ?? firstAddress(subnet));
  const last = formatAddress(rangeEnd ?? lastAddress(subnet));
  return first === last ? first : `${first}-${last}`;
}

/** Named by its subnet, not by its place: a runtime that adds ranges in front must not rename the others. */
function poolName(network: string, { subnet }: InlineRange, occurrence: number): string {
  const safe = network.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-');
  return `cni-${safe}-${prefixName(subnet)}${occurrence === 0 ? '' : `-${occurrence}`}`;
}
