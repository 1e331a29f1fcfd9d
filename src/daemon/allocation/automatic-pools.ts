import type { Family } from '../../ip/address.ts';
import { type PodRef, podSubject } from '../../ipam/attachment.ts';
import { type Application, applicationTitle } from '../../ipam/bind/application.ts';
import { findAutomaticPool } from '../../ipam/bind/automatic-pool.ts';
import type { PoolSource } from '../../ipam/request.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { Catalog } from '../view/catalog.ts';

export interface AutomaticPoolsParts {
  readonly catalog: Pick<Catalog, 'pools' | 'changed'>;
  readonly clock: Clock;
  readonly controllerState: DaemonOptions['controllerState'];
}

type AutomaticSource = Extract<PoolSource, { kind: 'automatic' }>;

/** Who asks. */
export interface AskingPod {
  readonly pod: PodRef | undefined;
  readonly ifname: string;
}

/**
 * How long an ADD waits for its application's pool to be made, or to grow, milliseconds: well under what a CNI executable waits
 * for us. Then it is refused, and comes again.
 */
const waitMs = 4_000;
/** Pools that are full are tried again so often, milliseconds: what others give back is no change of a pool. */
const fullMs = 500;
const forgetMs = 3_600_000;

const families = [4, 6] as const;

/** Gives Pods the pools that their applications have of their own. A controller makes those, and an ADD may come before. */
export class AutomaticPools {
  readonly #parts: AutomaticPoolsParts;
  /** Since when interfaces have been asking in vain, milliseconds since 1970, the longest first. */
  readonly #waiting = new Map<string, number>();

  constructor(parts: AutomaticPoolsParts) {
    this.#parts = parts;
  }

  /**
   * Runs an ADD with the pools of its application, when they are there and have an address.
   * @throws IpamError not-ready (they are not there yet), unsupported (nobody makes any here), and what `allocate` throws
   */
  async using<T>(
    source: AutomaticSource,
    asking: AskingPod,
    allocate: (source: SelectSource) => Promise<T>,
  ): Promise<T> {
    const { catalog, clock, controllerState } = this.#parts;
    const since = this.#waitingSince(keyOf(asking));
    const until = clock.elapsed() + waitMs;
    for (;;) {
      const isLast = clock.elapsed() >= until;
      const { changed } = catalog;
      const found = this.#find(source, asking.ifname);
      if ('names' in found) {
        const allocated = await this.#allocateFrom(source, found.names, allocate, isLast);
        if (allocated !== undefined) {
          this.#waiting.delete(keyOf(asking));
          return allocated.value;
        }
      } else if (controllerState === undefined) throw nobodyMakes(source);
      else if (isLast) throw notMade(source, found.lacking, asking, clock.elapsed() - since, await controllerState());
      const left = until - clock.elapsed();
      await comesInTime(changed, 'names' in found ? Math.min(left, fullMs) : left, clock);
    }
  }

  /** Pools that are there for an interface. @returns undefined: not all of them are made yet */
  poolsOf(source: AutomaticSource, ifname: string): SelectSource | undefined {
    const found = this.#find(source, ifname);
    if (!('names' in found)) return undefined;
    return { kind: 'preferred', preference: { origin: source.origin, names: found.names } };
  }

  /** @returns undefined: they have no address, and may have grown in a moment */
  async #allocateFrom<T>(
    { origin }: AutomaticSource,
    names: Readonly<Record<Family, readonly string[]>>,
    allocate: (source: SelectSource) => Promise<T>,
    isLast: boolean,
  ): Promise<{ readonly value: T } | undefined> {
    try {
      return { value: await allocate({ kind: 'preferred', preference: { origin, names } }) };
    } catch (error) {
      if (isLast || !isIpamError(error, 'pool-exhausted')) throw error;
      return undefined;
    }
  }

  #find(
    { subnets, applications }: AutomaticSource,
    ifname: string,
  ): { readonly names: Readonly<Record<Family, readonly string[]>> } | { readonly lacking: Family } {
    const names: Record<Family, readonly string[]> = { 4: [], 6: [] };
    for (const family of families) {
      const subnet = subnets[family];
      if (subnet === undefined) continue;
      const pool = findAutomaticPool(this.#parts.catalog.pools, applications, { ifname, family, subnet });
      if (pool === undefined) return { lacking: family };
      names[family] = [pool.name];
    }
    return { names };
  }

  #waitingSince(key: string): number {
    const now = this.#parts.clock.elapsed();
    for (const [other, since] of this.#waiting) {
      if (now - since < forgetMs) break;
      this.#waiting.delete(other);
    }
    const since = this.#waiting.get(key) ?? now;
    this.#waiting.set(key, since);
    return since;
  }
}

function keyOf({ pod, ifname }: AskingPod): string {
  return `${pod?.namespace}/${pod?.name}/${pod?.uid}/${ifname}`;
}

function titleOf([application]: readonly Application[]): string {
  return application === undefined ? 'its application' : applicationTitle(application);
}

function nobodyMakes({ origin }: AutomaticSource): IpamError {
  return new IpamError(
    'unsupported',
    `${origin}: automatic pools are made by ipam-controller, which serves daemons that keep their state in the Kubernetes API`,
    { advice: 'create a pool and name it in ipam.spidernet.io/ippool instead' },
  );
}

function notMade(
  { subnets, applications }: AutomaticSource,
  family: Family,
  { pod, ifname }: AskingPod,
  waitedMs: number,
  state: string,
): IpamError {
  const what = `the IPv${family} pool of ${titleOf(applications)} for ${ifname}, cut from SpiderSubnet "${subnets[family]}"`;
  return new IpamError(
    'not-ready',
    `${pod === undefined ? 'a Pod' : podSubject(pod)} has waited ${Math.round(waitedMs / 1000)} s for ${what}, and ipam-controller has not made it yet: ${state}`,
    {
      advice: `when it cannot be made, Events of ${titleOf(applications)} and the log of ipam-controller say why`,
    },
  );
}
