import { formatAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import type { Block } from '../../resources/block.ts';
import type { Stored } from '../../resources/resource.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import { OwnWrites } from '../../store/cache/own-writes.ts';
import { versionOrder } from '../../store/version-order.ts';
import type { LeasedBlock } from './leased-block.ts';
import { RefusedPlaces } from './refused-places.ts';
import { UnbackedAddresses } from './unbacked-addresses.ts';

/** What happens to blocks: what the watch shows, what the store answers, and what this daemon sets out to do. */
export type BlockEvent =
  /** The whole kind, as a list has it. */
  | {
      readonly type: 'listed';
      readonly blocks: readonly Stored<Block>[];
      /** Known here, and not in the list. */
      readonly vanished: readonly LeasedBlock[];
      /** In the list again, although this daemon returned them in an earlier life. */
      readonly revived: readonly Stored<Block>[];
      /** The store went back a moment ago: of what was being deleted no event is to come. */
      readonly hasGoneBack: boolean;
    }
  | { readonly type: 'put'; readonly block: Stored<Block> }
  | { readonly type: 'removed'; readonly block: Stored<Block> }
  /** A create is on its way. */
  | { readonly type: 'asked'; readonly cidr: string; readonly node: string }
  /** The store has made it, and it may be used. */
  | { readonly type: 'answered'; readonly block: Stored<Block> }
  /** Somebody else has it. Who, is for the watch to tell. */
  | { readonly type: 'refused'; readonly cidr: string }
  /** No answer, or one that came too late to be used. */
  | { readonly type: 'timed out'; readonly cidr: string }
  /** The node got another block instead of one that was refused. */
  | { readonly type: 'passed over'; readonly cidr: string; readonly node: string }
  /** It is empty, and is handed back. */
  | { readonly type: 'given back'; readonly block: Stored<Block> }
  /** The store has deleted what was handed back, or has it no more. */
  | { readonly type: 'deleted'; readonly block: Stored<Block> }
  /** Nobody knows whether it has. */
  | { readonly type: 'delete timed out'; readonly block: Stored<Block> };

/** What is to be done about it, by whoever has clock, store and allocators. */
export type BlockEffect =
  /** Somebody has the block from now on. */
  | { readonly type: 'came'; readonly leased: LeasedBlock }
  /** Addresses of it may be given. */
  | { readonly type: 'use'; readonly leased: LeasedBlock }
  /** Nobody is known to have it any more. */
  | { readonly type: 'went'; readonly leased: LeasedBlock }
  /** Another daemon had it until now: it is the last to be leased for a while. */
  | { readonly type: 'cool down'; readonly cidr: string }
  /** A block of this daemon with addresses in use is gone without its doing. */
  | { readonly type: 'lost' }
  /** To whoever asked for it. */
  | { readonly type: 'leased'; readonly leased: LeasedBlock | undefined; readonly block: Stored<Block> };

/**
 * Who has which block, as far as this daemon can know: `(state, event) → (state, effects)`. Events may be late, be said
 * twice, and overtake answers; a block that is not used, or is given back, is used again by nobody's late word.
 */
export class BlockMachine {
  readonly #daemon: string;
  readonly #blocks = new ObjectCache<Block, LeasedBlock>(
    (resource) => ({ prefix: parsePrefix(resource.spec.cidr), resource, space: undefined }),
    {
      keyOf: ({ spec }) => spec.cidr,
      onChange: (before, after) => {
        if (before !== undefined) this.#went(before);
        if (after !== undefined) this.#came(after);
      },
    },
  );
  readonly #byPool = this.#blocks.indexBy(({ resource }) => resource.spec.pool);
  /** Of blocks that were handed back, the latest thousand are known for what they are when they show up once more. */
  readonly #writes = new OwnWrites(1_000);
  readonly #refused = new RefusedPlaces();
  /** Blocks that are being leased here and may not be used yet, whatever the watch shows. */
  readonly #pending = new Set<string>();
  /** Handed back, and the store has not said that it heard: not used, and told to it again. By uid. */
  readonly #returning = new Map<string, Stored<Block>>();
  readonly unbacked = new UnbackedAddresses();
  #effects: BlockEffect[] = [];

  constructor(daemon: string) {
    this.#daemon = daemon;
  }

  /** @returns what is to be done now, in this order */
  step(event: BlockEvent): readonly BlockEffect[] {
    this.#take(event);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Every block that anybody leases. */
  all(): Iterable<LeasedBlock> {
    return this.#blocks.values();
  }

  /** Every block of a pool, whoever leases it. */
  inPool(pool: string): Iterable<LeasedBlock> {
    return this.#byPool.of(pool).values();
  }

  find(cidr: string): LeasedBlock | undefined {
    return this.#blocks.get(cidr);
  }

  /** Is its journal ours? */
  isOwn({ resource }: Pick<LeasedBlock, 'resource'>): boolean {
    return resource.spec.daemon === this.#daemon;
  }

  /** May addresses of it be given? */
  isUsable(leased: LeasedBlock): boolean {
    return this.isOwn(leased) && !this.#pending.has(leased.resource.spec.cidr);
  }

  /** Was it made here, and has nothing shown it? A list without it is older. */
  isUnseen({ resource }: LeasedBlock): boolean {
    return this.#writes.isUnseen(resource.metadata.uid);
  }

  /** What the store is to be told again that it is handed back. */
  get returning(): readonly Stored<Block>[] {
    return [...this.#returning.values()];
  }

  #take(event: BlockEvent): void {
    switch (event.type) {
      case 'listed':
        this.#listed(event);
        break;
      case 'put':
        this.#shown(event.block);
        break;
      case 'removed':
        this.#removed(event.block);
        break;
      case 'asked':
        this.#asked(event.cidr, event.node);
        break;
      case 'answered':
        this.#answered(event.block);
        this.#closed(event.block.spec.cidr);
        break;
      case 'refused':
      case 'timed out':
        this.#closed(event.cidr);
        break;
      case 'passed over':
        this.#refused.refuse(event.cidr, event.node);
        break;
      case 'given back':
        this.#givenBack(event.block);
        break;
      case 'deleted':
        this.#returning.delete(event.block.metadata.uid);
        break;
      case 'delete timed out':
        // Another node may have it by now, or nobody: so it stays unused, and the store is told again.
        break;
    }
  }

  #listed({ blocks, vanished, revived, hasGoneBack }: Extract<BlockEvent, { type: 'listed' }>): void {
    for (const { resource } of vanished) this.#blocks.delete(resource.spec.cidr);
    if (hasGoneBack) this.#writes.wentBack();
    this.#writes.listed(new Set(blocks.map(({ metadata }) => metadata.uid)));
    for (const { metadata } of revived) this.#writes.disowned(metadata.uid);
    for (const block of blocks) this.#shown(block);
    if (vanished.some((leased) => this.isOwn(leased) && isInUse(leased))) this.#effects.push({ type: 'lost' });
  }

  #shown(block: Stored<Block>): void {
    this.#writes.shown(block.metadata.uid);
    this.#put(block);
  }

  #removed({ metadata: { uid }, spec: { cidr } }: Stored<Block>): void {
    this.#writes.removed(uid);
    this.#returning.delete(uid);
    const leased = this.#blocks.get(cidr);
    if (leased?.resource.metadata.uid !== uid) return;
    this.#blocks.delete(cidr);
    if (!this.isOwn(leased)) this.#effects.push({ type: 'cool down', cidr });
    else if (isInUse(leased)) this.#effects.push({ type: 'lost' });
  }

  #asked(cidr: string, node: string): void {
    this.#refused.ask(cidr, node);
    this.#writes.asked();
    this.#pending.add(cidr);
  }

  #answered(block: Stored<Block>): void {
    const { metadata, spec } = block;
    // Its event overtook the answer, and it was handed back before the answer came.
    if (this.#writes.hasPassed(metadata.uid)) return;
    if (this.#blocks.get(spec.cidr)?.resource.metadata.uid !== metadata.uid) this.#writes.wrote(metadata.uid);
    this.#effects.push({ type: 'leased', leased: this.#put(block), block });
  }

  /** The create is over. What of the block may be used: if the watch has shown it already, from now on. */
  #closed(cidr: string): void {
    this.#writes.answered();
    if (!this.#pending.delete(cidr)) return;
    const leased = this.#blocks.get(cidr);
    if (leased !== undefined && this.isOwn(leased)) this.#effects.push({ type: 'use', leased });
  }

  #givenBack(block: Stored<Block>): void {
    const { uid, resourceVersion } = block.metadata;
    this.#blocks.delete(block.spec.cidr);
    this.#writes.deleting(uid, versionOrder(resourceVersion));
    this.#returning.set(uid, block);
  }

  #put(block: Stored<Block>): LeasedBlock | undefined {
    const { uid, resourceVersion } = block.metadata;
    const known = this.#blocks.get(block.spec.cidr);
    if (known?.resource.metadata.uid === uid) return known;
    if (this.#writes.isLeaving(uid, versionOrder(resourceVersion))) return undefined;
    if (this.#isLate(block)) return void this.#returning.set(uid, block);
    // What the watch says of this place before it says that it is ours is older than our lease.
    if (known !== undefined && this.isUnseen(known)) return known;
    this.#blocks.put(block);
    return this.#blocks.get(block.spec.cidr);
  }

  /** Is it a lease that is over, or was refused? With addresses on record in it a refused one is wanted, whatever was said of it. */
  #isLate({ metadata, spec: { cidr, node, daemon } }: Stored<Block>): boolean {
    if (this.#writes.isGone(metadata.uid)) return true;
    const isRefused = daemon === this.#daemon && this.#refused.has(cidr, node);
    return isRefused && this.unbacked.countOf(cidr) === 0;
  }

  #came(leased: LeasedBlock): void {
    this.#effects.push({ type: 'came', leased });
    if (this.isUsable(leased)) this.#effects.push({ type: 'use', leased });
  }

  #went(leased: LeasedBlock): void {
    const { resource, space } = leased;
    this.#writes.dropped(resource.metadata.uid);
    this.#effects.push({ type: 'went', leased });
    if (!this.isOwn(leased)) return;
    for (const [address, owner] of space?.entries() ?? [])
      this.unbacked.add(resource.spec.cidr, formatAddress(address), owner);
  }
}

function isInUse({ space }: LeasedBlock): boolean {
  return (space?.used ?? 0) > 0;
}
