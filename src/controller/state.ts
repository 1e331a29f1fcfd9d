import type { Range } from '../ip/range.ts';
import { type RangeSet, rangeSet } from '../ip/range-set.ts';
import type { Clock } from '../platform/clock.ts';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import { endpointKind } from '../resources/endpoint.ts';
import { type Pool, poolKind } from '../resources/pool.ts';
import { parseReservedIP, type ReservedIPResource, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { type Subnet, subnetKind } from '../resources/subnet.ts';
import { IndexBy } from '../store/index-by.ts';
import { type Reflection, reflect } from '../store/reflect.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Endpoint, PoolObject, SubnetObject } from './objects.ts';
import { networkOf, type ParsedPool, type ParsedSubnet, readPool, readSubnet } from './parsed.ts';
import { objectName, Picture } from './picture.ts';

/** What may look different now. `pod` is `namespace/name`, and `subnet` the name of a SpiderSubnet. */
export type StateChange =
  | { readonly of: 'pool'; readonly pool: string }
  | { readonly of: 'subnet'; readonly subnet: string }
  | { readonly of: 'pod'; readonly pod: string };

export interface ClusterStateOptions {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * All that the controller knows of the cluster: a picture that follows the store a moment behind. Good for deciding
 * what to look at and what to refuse; whoever takes something away on the strength of it names the version it saw.
 */
export class ClusterState {
  readonly #options: ClusterStateOptions;
  readonly #listeners = new Set<(change: StateChange) => void>();
  readonly #pools = new Map<string, ParsedPool>();
  readonly #subnets = new Map<string, ParsedSubnet>();
  readonly #poolsByNetwork = new IndexBy<ParsedPool>();
  readonly #subnetsByNetwork = new IndexBy<ParsedSubnet>();
  readonly #claimsByPool = new IndexBy<Stored<Claim>>();
  readonly #claimsByPod = new IndexBy<Stored<Claim>>();
  readonly #claimsByNode = new IndexBy<Stored<Claim>>();
  readonly #blocksByPool = new IndexBy<Stored<Block>>();
  readonly #blocksByNode = new IndexBy<Stored<Block>>();
  #reserved: RangeSet | undefined;

  constructor(options: ClusterStateOptions) {
    this.#options = options;
  }

  readonly #poolPicture = new Picture<PoolObject>((before, after) => this.#seePool(before, after));
  readonly #subnetPicture = new Picture<SubnetObject>((before, after) => this.#seeSubnet(before, after));
  readonly #reservedPicture = new Picture<ReservedIPResource>(() => {
    this.#reserved = undefined;
    // Reserved addresses are taken off the totals of pools; any pool may have some.
    for (const pool of this.#pools.keys()) this.#tell({ of: 'pool', pool });
  });
  readonly #claimPicture = new Picture<Claim>((before, after) => {
    this.#seeClaim(before, 'remove');
    this.#seeClaim(after, 'put');
  });
  readonly #blockPicture = new Picture<Block>((before, after) => {
    this.#seeBlock(before, 'remove');
    this.#seeBlock(after, 'put');
  });
  readonly #endpointPicture = new Picture<Endpoint>((before, after) => {
    const either = after ?? before;
    if (either !== undefined) this.#tell({ of: 'pod', pod: objectName(either) });
  });

  /**
   * Follows every kind until the signal aborts.
   * @returns once all have been listed; waits for as long as the store is away or refuses
   * @throws what else the lists throw, and anything when the signal aborts before
   */
  async start(signal: AbortSignal): Promise<void> {
    // What is derived comes before what it is derived from: an endpoint must not look older than its claim.
    await this.#follow(endpointKind, this.#endpointPicture.reflection, signal);
    await Promise.all([
      this.#follow(subnetKind, this.#subnetPicture.reflection, signal),
      this.#follow(poolKind, this.#poolPicture.reflection, signal),
      this.#follow(reservedIPKind, this.#reservedPicture.reflection, signal),
      this.#follow(blockKind, this.#blockPicture.reflection, signal),
      this.#follow(claimKind, this.#claimPicture.reflection, signal),
    ]);
  }

  /** Has every kind been listed? Before that, nothing may be concluded from what is missing. */
  get ready(): boolean {
    const pictures = [this.#endpointPicture, this.#subnetPicture, this.#poolPicture, this.#reservedPicture];
    return [...pictures, this.#blockPicture, this.#claimPicture].every(({ isComplete }) => isComplete);
  }

  /** @returns what ends the listening */
  onChange(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  pools(): IterableIterator<ParsedPool> {
    return this.#pools.values();
  }

  pool(name: string): ParsedPool | undefined {
    return this.#pools.get(name);
  }

  /** Those that break no rule, as the centre uses them. */
  readablePools(): readonly Pool[] {
    return [...this.#pools.values()].flatMap(({ value }) => value ?? []);
  }

  subnets(): IterableIterator<ParsedSubnet> {
    return this.#subnets.values();
  }

  subnet(name: string): ParsedSubnet | undefined {
    return this.#subnets.get(name);
  }

  readableSubnets(): readonly Subnet[] {
    return [...this.#subnets.values()].flatMap(({ value }) => value ?? []);
  }

  /** Pools that have exactly the subnet's prefix, by name. */
  poolsOfSubnet(name: string): ReadonlyMap<string, ParsedPool> {
    const subnet = this.#subnets.get(name);
    return this.#poolsByNetwork.of(subnet === undefined ? '' : networkOf(subnet) || '-');
  }

  /** Every address that no pool gives out; one reservation that cannot be read does not hide the others. */
  get reserved(): RangeSet {
    this.#reserved ??= rangeSet([...this.#reservedPicture.values()].flatMap((one) => this.#rangesOf(one)));
    return this.#reserved;
  }

  reservations(): IterableIterator<Stored<ReservedIPResource>> {
    return this.#reservedPicture.values();
  }

  claims(): IterableIterator<Stored<Claim>> {
    return this.#claimPicture.values();
  }

  get claimCount(): number {
    return this.#claimPicture.size;
  }

  /** By the claim's name, which is the address's. */
  claimsOfPool(pool: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByPool.of(pool);
  }

  /** @param pod `namespace/name`; claims of former Pods of that name are among them */
  claimsOfPod(pod: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByPod.of(pod);
  }

  claimsOfNode(node: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByNode.of(node);
  }

  /** Pods that have claims, as `namespace/name`. */
  podsWithClaims(): IterableIterator<string> {
    return this.#claimsByPod.groups();
  }

  blocks(): IterableIterator<Stored<Block>> {
    return this.#blockPicture.values();
  }

  blocksOfPool(pool: string): ReadonlyMap<string, Stored<Block>> {
    return this.#blocksByPool.of(pool);
  }

  blocksOfNode(node: string): ReadonlyMap<string, Stored<Block>> {
    return this.#blocksByNode.of(node);
  }

  endpoints(): IterableIterator<Stored<Endpoint>> {
    return this.#endpointPicture.values();
  }

  /** @param pod `namespace/name` */
  endpoint(pod: string): Stored<Endpoint> | undefined {
    return this.#endpointPicture.get(pod);
  }

  async #follow<R extends Resource>(kind: string, reflection: Reflection<R>, signal: AbortSignal): Promise<void> {
    const { store, log, clock } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    await reflect<R>(store, kind, reflection, { log, signal, pause, patient: true });
  }

  #seePool(before: Stored<PoolObject> | undefined, after: Stored<PoolObject> | undefined): void {
    const either = after ?? before;
    if (either === undefined) return;
    const { name } = either.metadata;
    const former = this.#pools.get(name);
    if (former !== undefined) this.#poolsByNetwork.remove(networkOf(former), name);
    this.#pools.delete(name);
    const present = after === undefined ? undefined : readPool(after);
    if (present !== undefined) {
      if (present.problem !== '') this.#report(present.resource, present.problem);
      this.#pools.set(name, present);
      this.#poolsByNetwork.put(networkOf(present), name, present);
    }
    this.#tell({ of: 'pool', pool: name });
    const networks = new Set([former, present].map((pool) => (pool === undefined ? '' : networkOf(pool))));
    for (const network of networks) {
      if (network === '') continue;
      for (const subnet of this.#subnetsByNetwork.of(network).keys()) this.#tell({ of: 'subnet', subnet });
    }
  }

  #seeSubnet(before: Stored<SubnetObject> | undefined, after: Stored<SubnetObject> | undefined): void {
    const either = after ?? before;
    if (either === undefined) return;
    const { name } = either.metadata;
    const former = this.#subnets.get(name);
    if (former !== undefined) this.#subnetsByNetwork.remove(networkOf(former), name);
    this.#subnets.delete(name);
    if (after !== undefined) {
      const present = readSubnet(after);
      if (present.problem !== '') this.#report(present.resource, present.problem);
      this.#subnets.set(name, present);
      this.#subnetsByNetwork.put(networkOf(present), name, present);
    }
    this.#tell({ of: 'subnet', subnet: name });
  }

  #seeClaim(claim: Stored<Claim> | undefined, what: 'put' | 'remove'): void {
    if (claim === undefined) return;
    const { name } = claim.metadata;
    // Somebody may have written a claim by hand: no field is sure to be there.
    const { pool = '', node = '', podNamespace = '', podName = '' }: Partial<Claim['spec']> = claim.spec ?? {};
    change(this.#claimsByPool, what, pool, name, claim);
    change(this.#claimsByNode, what, node, name, claim);
    this.#tell({ of: 'pool', pool });
    if (podName === '' || podNamespace === '') return;
    const pod = `${podNamespace}/${podName}`;
    change(this.#claimsByPod, what, pod, name, claim);
    this.#tell({ of: 'pod', pod });
  }

  #seeBlock(block: Stored<Block> | undefined, what: 'put' | 'remove'): void {
    if (block === undefined) return;
    const { name } = block.metadata;
    const { pool = '', node = '' }: Partial<Block['spec']> = block.spec ?? {};
    change(this.#blocksByPool, what, pool, name, block);
    change(this.#blocksByNode, what, node, name, block);
    this.#tell({ of: 'pool', pool });
  }

  #rangesOf(reservation: Stored<ReservedIPResource>): readonly Range[] {
    try {
      return parseReservedIP(reservation).ranges;
    } catch (error) {
      this.#report(reservation, (error as Error).message);
      return [];
    }
  }

  #report({ kind, metadata }: Resource, problem: string): void {
    this.#options.log.error({ kind, name: metadata.name, problem }, 'a resource breaks its rules; leaving it out');
  }

  #tell(change: StateChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function change<T>(index: IndexBy<T>, what: 'put' | 'remove', group: string, name: string, member: T): void {
  if (what === 'put') index.put(group, name, member);
  else index.remove(group, name);
}
