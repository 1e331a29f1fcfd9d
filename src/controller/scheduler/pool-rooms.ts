import { compareAddresses } from '../../ip/address.ts';
import { type Prefix, parsePrefix, prefixContains } from '../../ip/prefix.ts';
import { prefixRange, type Range } from '../../ip/range.ts';
import { countAddresses, type RangeSet, rangeSet, subtract, union } from '../../ip/range-set.ts';
import { readable } from '../../ip/readable.ts';
import { addressesOf } from '../../ipam/claim/claimed-in-block.ts';
import { assignable, blockLayout, sharedLayout } from '../../ipam/claim/layout.ts';
import { withheldFrom } from '../../ipam/claim/withheld.ts';
import type { PoolRoom } from '../../ipam/placement/fit.ts';
import type { Pool } from '../../resources/pool.ts';
import type { ClusterState } from '../state.ts';
import type { PodView } from './pod-view.ts';

/** What of a pool stays the same until it says something else, or what is reserved does. */
interface Offered {
  readonly pools: readonly Pool[];
  readonly reserved: RangeSet;
  readonly withheld: RangeSet;
  /** Of a shared pool: what it gives to whoever comes. */
  readonly open: RangeSet;
  readonly total: bigint;
}

interface Unleased {
  /** What nodes do not give of their blocks, either: it is withheld, or claimed by itself. */
  readonly withheld: RangeSet;
  readonly count: bigint;
  readonly blocks: number;
}

type State = Pick<
  ClusterState,
  'poolsByName' | 'reserved' | 'claimsOfPool' | 'blocksOfPool' | 'blocksOfNode' | 'onChange'
>;
type Pods = Pick<PodView, 'on' | 'onChange'>;

/** How many addresses an ADD would find of a pool, from what the controller follows. */
export class PoolRooms {
  readonly #state: State;
  readonly #pods: Pods;
  readonly #offered = new WeakMap<Pool, Offered>();
  /** Counts of pools, until something of them changes. */
  readonly #free = new Map<string, bigint>();
  readonly #unleased = new Map<string, Unleased>();
  /** Of nodes, by pool: what is free in the blocks that they lease. */
  readonly #own = new Map<string, Map<string, PoolRoom>>();

  constructor(state: State, pods: Pods) {
    this.#state = state;
    this.#pods = pods;
    state.onChange((change) => {
      if (change.of === 'pool') this.#forget(change.pool);
    });
    pods.onChange = (node) => void this.#own.delete(node);
  }

  roomIn(pool: Pool, node: string): PoolRoom {
    return pool.blockSize === undefined ? this.#shared(pool) : this.#leased(pool, node);
  }

  withheldOf(pool: Pool): RangeSet {
    return this.#offeredOf(pool).withheld;
  }

  #shared(pool: Pool): PoolRoom {
    const { total } = this.#offeredOf(pool);
    const free = this.#freeOf(pool);
    return { free, used: total - free, total, reason: 'every address is taken' };
  }

  #freeOf(pool: Pool): bigint {
    const known = this.#free.get(pool.name);
    if (known !== undefined) return known;
    const { total, open } = this.#offeredOf(pool);
    const claims = this.#state.claimsOfPool(pool.name);
    const byCount = total - BigInt(claims.size);
    // A claim of what is not the pool's any more, or was asked for by itself, takes nothing from it. While much is left, it does not matter.
    const isNear = byCount <= total / 10n || byCount <= 16n;
    const free = isNear ? countAddresses(subtract(open, addressesOf(claims.values()))) : byCount;
    this.#free.set(pool.name, free);
    return free;
  }

  #leased(pool: Pool, node: string): PoolRoom {
    const { count, blocks } = this.#unleasedOf(pool);
    const own = this.#ownOf(pool, node);
    const reason = blocks === 0 ? 'the pool gives nothing' : 'every block is leased, and those of the node are full';
    return { free: own.free + count, used: own.used, total: own.total + count, reason };
  }

  #ownOf(pool: Pool, node: string): PoolRoom {
    const rooms = this.#own.get(node) ?? new Map<string, PoolRoom>();
    this.#own.set(node, rooms);
    const known = rooms.get(pool.name);
    if (known !== undefined) return known;
    const room = this.#inBlocks(pool, node, this.#blocksOf(pool, node));
    rooms.set(pool.name, room);
    return room;
  }

  /** The daemon's journal is what counts; what its Pods say is as much as can be known elsewhere. */
  #inBlocks(pool: Pool, node: string, blocks: readonly Prefix[]): PoolRoom {
    const { withheld } = this.#unleasedOf(pool);
    let total = 0n;
    for (const block of blocks) total += countAddresses(blockLayout(pool, block, withheld).usable);
    let used = 0n;
    if (blocks.length > 0) {
      for (const { addresses } of this.#pods.on(node)) {
        if (addresses.some((address) => blocks.some((block) => prefixContains(block, address)))) used += 1n;
      }
    }
    return { free: used < total ? total - used : 0n, used, total, reason: '' };
  }

  #blocksOf(pool: Pool, node: string): readonly Prefix[] {
    const blocks = [...this.#state.blocksOfNode(node).values()].filter(({ spec }) => spec?.pool === pool.name);
    return blocks.flatMap(({ spec }) => readable(spec.cidr, parsePrefix) ?? []);
  }

  #unleasedOf(pool: Pool): Unleased {
    const known = this.#unleased.get(pool.name);
    if (known !== undefined) return known;
    const blocks = [...this.#state.blocksOfPool(pool.name).values()];
    const leased = rangeSet(blocks.flatMap(({ spec }) => readable(spec?.cidr, parsePrefix) ?? []).map(prefixRange));
    const rest = subtract(pool.usable, leased);
    const withheld = union(this.withheldOf(pool), addressesOf(this.#state.claimsOfPool(pool.name).values()));
    const unleased = { withheld, count: assignable(pool, withheld, rest), blocks: blocks.length };
    this.#unleased.set(pool.name, unleased);
    return unleased;
  }

  #offeredOf(pool: Pool): Offered {
    const { poolsByName: pools, reserved } = this.#state;
    const known = this.#offered.get(pool);
    if (known?.pools === pools && known.reserved === reserved) return known;
    const withheld = withheldFrom(pool, reserved, pools);
    // Where it was another pool that changed, and that is no neighbour, what was counted stands.
    const stands = known !== undefined && isSameSet(known.withheld, withheld);
    if (!stands) this.#forget(pool.name);
    const offered = { ...(stands ? known : offeredOf(pool, withheld)), pools, reserved };
    this.#offered.set(pool, offered);
    return offered;
  }

  #forget(pool: string): void {
    this.#free.delete(pool);
    // What is known of a node's own blocks was counted together with the rest of their pool.
    if (this.#unleased.delete(pool)) for (const rooms of this.#own.values()) rooms.delete(pool);
  }
}

function offeredOf(pool: Pool, withheld: RangeSet): Omit<Offered, 'pools' | 'reserved'> {
  const { usable, fixed } = sharedLayout(pool, withheld);
  const open = subtract(usable, fixed);
  return { withheld, open, total: countAddresses(open) };
}

function isSameSet({ ranges: a }: RangeSet, { ranges: b }: RangeSet): boolean {
  const isSame = ({ first, last }: Range, other: Range | undefined): boolean =>
    other !== undefined && compareAddresses(first, other.first) === 0 && compareAddresses(last, other.last) === 0;
  return a.length === b.length && a.every((range, index) => isSame(range, b[index]));
}
