import { addressesOf } from '../../ipam/claim/claimed-in-block.ts';
import { type LeasedBlock, sizeOfBlock } from '../../ipam/claim/leased-block.ts';
import type { BlockFigures, NodeFigures, OwnFigures, PoolFigures } from '../../ipam/figures.ts';
import { poolFigures } from '../../ipam/figures.ts';
import type { Ledger } from '../../ipam/ledger.ts';
import { type Pace, runAtOnce } from '../../platform/pace.ts';
import type { Pool } from '../../resources/pool.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import { outsideBlock } from '../allocation/outside-blocks.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { Catalog } from './catalog.ts';

export interface AddressFiguresParts {
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly ledger: Ledger;
  /** Do other daemons have blocks and claims too? */
  readonly isShared: boolean;
  /** For what walks over everything held; absent: it is done at once. */
  readonly pace: Pace | undefined;
}

/** What metrics show of addresses: those of this daemon, whatever others have; and, where it speaks for all, of the pools. */
export class AddressFigures {
  readonly #parts: AddressFiguresParts;

  constructor(parts: AddressFiguresParts) {
    this.#parts = parts;
  }

  /** Costs what this daemon has, and nothing for what others have. */
  own(): Promise<OwnFigures> {
    return this.#work(this.#own());
  }

  /** Of pools that people make: what `ranges` of a CNI configuration have is their node's own. */
  pools(): Promise<readonly PoolFigures[]> {
    return this.#work(this.#pools(this.#parts.catalog.pools.filter(({ ranges }) => ranges === undefined)));
  }

  everyPool(): Promise<readonly PoolFigures[]> {
    return this.#work(this.#pools(this.#parts.catalog.pools));
  }

  *#own(): Generator<undefined, OwnFigures> {
    const nodes: NodeFigures[] = [];
    const blocks: BlockFigures[] = [];
    for (const group of this.#parts.blocks.holders()) {
      const own = group.map((leased) => this.#block(leased));
      const [first] = group;
      if (first === undefined) continue;
      const { node, pool } = first.resource.spec;
      blocks.push(...own);
      nodes.push({
        ...{ node, pool, family: first.prefix.address.family, blocks: own.length },
        total: own.reduce((sum, { total }) => sum + total, 0n),
        used: own.reduce((sum, { used }) => sum + used, 0n),
      });
      yield;
    }
    const claimed = yield* this.#claimed();
    const others = claimed.filter((of) => !nodes.some((one) => isAlike(one, of)));
    return {
      nodes: [
        ...nodes.map((one) =>
          plus(
            one,
            claimed.find((of) => isAlike(one, of)),
          ),
        ),
        ...others.map(({ figures }) => figures),
      ],
      outside: claimed.flatMap(({ figures: { node, pool, family }, outside }) =>
        outside === 0 ? [] : [{ node, pool, family, count: outside }],
      ),
      blocks,
    };
  }

  /** What Pods have by claims: of shared pools, and of blocks where it stays with them. */
  *#claimed(): Generator<undefined, readonly Claimed[]> {
    const counts = new Map<string, { readonly node: string; readonly pool: string; used: number; outside: number }>();
    for (const { node, addresses } of this.#parts.ledger.all()) {
      for (const held of addresses) {
        const { pool, block } = held;
        if (block !== undefined) continue;
        const key = `${node}\n${pool}`;
        const found = counts.get(key) ?? { node, pool, used: 0, outside: 0 };
        counts.set(key, found);
        found.used += 1;
        if (outsideBlock(held, node, this.#parts) !== undefined) found.outside += 1;
      }
      yield;
    }
    return [...counts.values()].flatMap(({ node, pool: name, used, outside }) => {
      const pool = this.#parts.catalog.pool(name);
      if (pool === undefined) return [];
      // Every other pool's may go to any node.
      const isOnlyOurs = pool.ranges?.node === node;
      const total = isOnlyOurs ? this.#parts.shared.spaceOf(pool).allocator.usable : undefined;
      return [{ figures: { node, pool: name, family: pool.family, blocks: 0, total, used: BigInt(used) }, outside }];
    });
  }

  #block(leased: LeasedBlock): BlockFigures {
    const { node, cidr } = leased.resource.spec;
    const total = sizeOfBlock(leased, this.#parts.catalog);
    return { node, cidr, total, used: BigInt(leased.space?.allocator.used ?? 0) };
  }

  *#pools(pools: readonly Pool[]): Generator<undefined, readonly PoolFigures[]> {
    const { catalog, blocks, shared, isShared } = this.#parts;
    // What others have of a pool is not known: its status says it.
    if (shared.everybodys.areAsked) return [];
    const leased = Map.groupBy(blocks.all(), ({ resource }) => resource.spec.pool);
    const figures: PoolFigures[] = [];
    for (const pool of pools) {
      yield;
      const own = leased.get(pool.name) ?? [];
      const inBlocks = isShared ? 0 : own.reduce((sum, { space }) => sum + (space?.allocator.used ?? 0), 0);
      figures.push(
        poolFigures({
          pool,
          withheld: catalog.withheldFrom(pool),
          used: shared.heldIn(pool.name) + inBlocks,
          parked: shared.parkedIn(pool.name),
          leased: isShared ? own.map(({ prefix }) => prefix) : [],
          ...(own.length === 0 ? {} : { claimed: addressesOf(shared.inPool(pool.name)) }),
        }),
      );
    }
    return figures;
  }

  async #work<T>(steps: Generator<unknown, T>): Promise<T> {
    return this.#parts.pace?.run(steps) ?? runAtOnce(steps);
  }
}

interface Claimed {
  readonly figures: NodeFigures;
  /** How many of them are outside of the node's blocks. */
  readonly outside: number;
}

function isAlike({ node, pool }: NodeFigures, { figures }: Claimed): boolean {
  return node === figures.node && pool === figures.pool;
}

/** What is had by claims is none of what a node's blocks can give. */
function plus(figures: NodeFigures, claimed: Claimed | undefined): NodeFigures {
  const { used = 0n } = claimed?.figures ?? {};
  const { total } = figures;
  return { ...figures, total: total === undefined ? undefined : total + used, used: figures.used + used };
}
