import { type Address, formatAddress, parseAddress } from '../../../ip/address.ts';
import { AddressError } from '../../../ip/errors.ts';
import { formatPrefix, prefixContains } from '../../../ip/prefix.ts';
import { type Allocation, compareListPlaces, listPlaceOf } from '../../../ipam/allocation.ts';
import { defaultInterface } from '../../../ipam/attachment.ts';
import type { LeasedBlock } from '../../../ipam/claim/leased-block.ts';
import type { PodAddresses } from '../../../ipam/cluster-port.ts';
import { type Pace, runAtOnce } from '../../../platform/pace.ts';
import type { Claim } from '../../../resources/claim.ts';
import { isIpamError } from '../../../resources/errors.ts';
import type { Stored } from '../../../resources/resource.ts';
import type { SharedClaims } from '../../allocation/shared-claims.ts';
import type { Catalog } from '../../view/catalog.ts';
import { claimedAllocations } from './claimed.ts';

export interface StandInParts {
  readonly node: string;
  readonly blocks: { all(): readonly LeasedBlock[] };
  readonly shared: Pick<SharedClaims, 'everybodys'>;
  readonly catalog: Pick<Catalog, 'pool' | 'pools' | 'planned' | 'quarantined' | 'withheld'>;
  readonly pace: Pace | undefined;
  /** Absent: no other than the daemons themselves can tell. */
  readonly podAddresses: PodAddresses | undefined;
}

/** What is known of daemons that do not answer: their claims, and what the API server shows of their Pods. */
export class StandIns {
  readonly #parts: StandInParts;

  constructor(parts: StandInParts) {
    this.#parts = parts;
  }

  /** Whose record stands behind a claim or a block; without this daemon. */
  async daemons(): Promise<ReadonlySet<string>> {
    const daemons = new Set<string>();
    for (const { resource } of this.#parts.blocks.all()) daemons.add(resource.spec.daemon);
    for (const daemon of (await this.claims()).keys()) daemons.add(daemon);
    daemons.delete(this.#parts.node);
    return daemons;
  }

  blocksOf(daemon: string): readonly LeasedBlock[] {
    return this.#parts.blocks.all().filter(({ resource }) => resource.spec.daemon === daemon);
  }

  /** Of all daemons, by theirs. */
  async claims(): Promise<ReadonlyMap<string, readonly Stored<Claim>[]>> {
    const { pace, shared } = this.#parts;
    const steps = byDaemon(await shared.everybodys.all());
    return pace?.run(steps) ?? runAtOnce(steps);
  }

  /** Sorted. @param claims those of the daemon */
  async allocationsOf(daemon: string, claims: readonly Stored<Claim>[] = []): Promise<readonly Allocation[]> {
    const claimed = claimedAllocations(claims, (name) => this.#parts.catalog.pool(name));
    const shown = await this.shownInBlocks(daemon);
    return [...claimed, ...shown].sort((a, b) => compareListPlaces(listPlaceOf(a), listPlaceOf(b)));
  }

  /** What Pods have of a daemon's blocks, as the API server shows them. Others may have more of these blocks. */
  async shownInBlocks(daemon: string): Promise<readonly Allocation[]> {
    const blocks = this.blocksOf(daemon);
    const nodes = new Set(blocks.map(({ resource }) => resource.spec.node));
    const lists = await Promise.all([...nodes].map((node) => this.#podsOn(node)));
    return lists.flat().flatMap(({ pod, addresses }) =>
      addresses.flatMap((address) => {
        const parsed = addressOf(address);
        if (parsed === undefined) return [];
        const leased = blocks.find(({ prefix }) => prefixContains(prefix, parsed));
        return leased === undefined ? [] : [shownAllocation(pod, formatAddress(parsed), leased)];
      }),
    );
  }

  async #podsOn(node: string): ReturnType<PodAddresses['onNode']> {
    try {
      return (await this.#parts.podAddresses?.onNode(node)) ?? [];
    } catch (error) {
      // That the daemon did not answer is said in any case.
      if (!isIpamError(error)) throw error;
      return [];
    }
  }
}

/** What an annotation calls an address need not be one. */
function addressOf(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
  }
}

/** Container, namespace and time are known to the daemon alone. */
function shownAllocation(pod: NonNullable<Allocation['pod']>, address: string, { prefix, resource }: LeasedBlock) {
  return {
    attachment: { network: '', containerId: '', ifname: defaultInterface },
    node: resource.spec.node,
    pod,
    netns: '',
    addresses: [
      { address, prefixLength: prefix.length, pool: resource.spec.pool, block: formatPrefix(prefix), routes: [] },
    ],
    createdAt: 0,
  };
}

function* byDaemon(
  claims: readonly Stored<Claim>[],
): Generator<undefined, ReadonlyMap<string, readonly Stored<Claim>[]>> {
  const found = new Map<string, Stored<Claim>[]>();
  for (const claim of claims) {
    yield;
    // Parked, nobody's record stands behind it.
    if (claim.spec.parkedAt !== undefined) continue;
    const own = found.get(claim.spec.daemon);
    if (own === undefined) found.set(claim.spec.daemon, [claim]);
    else own.push(claim);
  }
  return found;
}
