import type { Range } from '../ip/range.ts';
import { type RangeSet, rangeSet } from '../ip/range-set.ts';
import { applicationKey, applicationOfPool } from '../ipam/bind/application.ts';
import { placeOfClaim } from '../ipam/bind/kept-claim.ts';
import type { Clock } from '../platform/clock.ts';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import { endpointKind } from '../resources/endpoint.ts';
import { problemOf } from '../resources/malformed.ts';
import { type Pool, poolKind } from '../resources/pool.ts';
import { parseReservedIP, type ReservedIPResource, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { type Subnet, subnetKind } from '../resources/subnet.ts';
import { inTurn } from '../store/cache/in-turn.ts';
import { ObjectCache, objectName, whole } from '../store/cache/object-cache.ts';
import { type Reflection, reflect } from '../store/cache/reflector.ts';
import { WatchProgress } from '../store/cache/watch-progress.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Endpoint, PoolObject, SubnetObject } from './objects.ts';
import { networkOf, type ParsedPool, type ParsedSubnet, readPool, readSubnet, saysTheSame } from './parsed.ts';

/**
 * What may look different now. `pod` is `namespace/name`, and `subnet` the name of a SpiderSubnet. Of a `pod` the claims
 * changed; of an `endpoint`, which is a Pod's as well, what is derived from them.
 */
export type StateChange =
  | { readonly of: 'pool'; readonly pool: string }
  | { readonly of: 'subnet'; readonly subnet: string }
  | { readonly of: 'pod'; readonly pod: string }
  | { readonly of: 'endpoint'; readonly pod: string };

export type ClaimListener = (before: Stored<Claim> | undefined, after: Stored<Claim> | undefined) => void;

export interface ClusterStateOptions {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * All that the controller knows of the cluster: a view that follows the store a moment behind. Good for deciding
 * what to look at and what to refuse; whoever takes something away on the strength of it names the version it saw.
 */
export class ClusterState {
  readonly #options: ClusterStateOptions;
  readonly #listeners = new Set<(change: StateChange) => void>();
  readonly #claimListeners = new Set<ClaimListener>();
  #reserved: RangeSet | undefined;
  #poolsByName: readonly Pool[] | undefined;
  /** By name: the same value for as long as a pool says the same. */
  readonly #poolValues = new Map<string, Pool>();

  constructor(options: ClusterStateOptions) {
    this.#options = options;
  }

  readonly #pools = new ObjectCache<PoolObject, ParsedPool>(readPool, {
    versionOf: versionOfParsed,
    onChange: (before, after) => this.#seePool(before, after),
  });
  readonly #subnets = new ObjectCache<SubnetObject, ParsedSubnet>(readSubnet, {
    versionOf: versionOfParsed,
    onChange: (before, after) => this.#seeSubnet(before, after),
  });
  readonly #reservations = new ObjectCache<ReservedIPResource>(whole, {
    versionOf,
    onChange: () => {
      this.#reserved = undefined;
      // Reserved addresses are taken off the totals of pools; any pool may have some.
      for (const pool of this.#pools.keys()) this.#tell({ of: 'pool', pool });
    },
  });
  readonly #claims = new ObjectCache<Claim>(whole, {
    versionOf,
    onChange: (before, after) => {
      this.#tellOfClaim(before);
      this.#tellOfClaim(after);
      for (const listener of this.#claimListeners) listener(before, after);
    },
  });
  readonly #blocks = new ObjectCache<Block>(whole, {
    versionOf,
    onChange: (before, after) => {
      this.#tellOfBlock(before);
      this.#tellOfBlock(after);
    },
  });
  readonly #endpoints = new ObjectCache<Endpoint>(whole, {
    versionOf,
    onChange: (before, after) => {
      const either = after ?? before;
      if (either !== undefined) this.#tell({ of: 'endpoint', pod: objectName(either) });
    },
  });
  readonly #poolsByNetwork = this.#pools.indexBy(networkOf);
  readonly #poolsByApplication = this.#pools.indexBy(({ resource }) => {
    const application = applicationOfPool(resource.metadata.labels ?? {});
    return application === undefined ? undefined : applicationKey(application);
  });
  readonly #poolProgress = new WatchProgress();
  readonly #subnetsByNetwork = this.#subnets.indexBy(networkOf);
  readonly #claimsByPool = this.#claims.indexBy((claim) => specOf(claim).pool ?? '');
  readonly #parkedByPool = this.#claims.indexBy((claim) => (isParked(claim) ? specOf(claim).pool : undefined));
  readonly #claimsByPod = this.#claims.indexBy(podOf);
  readonly #claimsByPlace = this.#claims.indexBy((claim) =>
    problemOf(claim) === undefined ? placeOfClaim(claim) : undefined,
  );
  readonly #claimsByNode = this.#claims.indexBy(nodeOf);
  readonly #blocksByPool = this.#blocks.indexBy((block) => specOf(block).pool ?? '');
  readonly #blocksByNode = this.#blocks.indexBy((block) => specOf(block).node ?? '');

  /**
   * Follows every kind until the signal aborts.
   * @returns once all have been listed; waits for as long as the store is unreachable or refuses
   * @throws what else the lists throw, and anything when the signal aborts before
   */
  async start(signal: AbortSignal): Promise<void> {
    // What is derived comes before what it is derived from: an endpoint must not look older than its claim.
    await this.#follow(endpointKind, this.#endpoints, signal);
    await Promise.all([
      this.#follow(subnetKind, this.#subnets, signal),
      this.#follow(poolKind, inTurn(this.#pools, this.#poolProgress), signal),
      this.#follow(reservedIPKind, this.#reservations, signal),
      this.#follow(blockKind, this.#blocks, signal),
      this.#follow(claimKind, this.#claims, signal),
    ]);
  }

  /** Has every kind been listed? Before that, nothing may be concluded from what is missing. */
  get ready(): boolean {
    const caches = [this.#endpoints, this.#subnets, this.#pools, this.#reservations];
    return [...caches, this.#blocks, this.#claims].every(({ isListed }) => isListed);
  }

  /** @returns what ends the listening */
  onChange(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Told of each claim that comes, changes or goes. @returns what ends it */
  onClaim(listener: ClaimListener): () => void {
    this.#claimListeners.add(listener);
    return () => void this.#claimListeners.delete(listener);
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

  /** The same sorted by name, as the choice of pools has them. One list until a pool comes, goes or says something else. */
  get poolsByName(): readonly Pool[] {
    this.#poolsByName ??= [...this.#poolValues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#poolsByName;
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
    const network = subnet === undefined ? undefined : networkOf(subnet);
    return network === undefined ? new Map() : this.#poolsByNetwork.of(network);
  }

  /** Pools that were made for an application, by name. @param key as `applicationKey` makes it */
  poolsOfApplication(key: string): ReadonlyMap<string, ParsedPool> {
    return this.#poolsByApplication.of(key);
  }

  /** Resolves when a pool is known here as it was written, or as it was made later. */
  async poolShown(pool: Stored<Resource>, signal: AbortSignal): Promise<void> {
    await this.#poolProgress.caughtUp(pool, signal);
  }

  /** Every address that no pool gives out; one reservation that cannot be read does not hide the others. */
  get reserved(): RangeSet {
    this.#reserved ??= rangeSet([...this.#reservations.values()].flatMap((one) => this.#rangesOf(one)));
    return this.#reserved;
  }

  reservations(): IterableIterator<Stored<ReservedIPResource>> {
    return this.#reservations.values();
  }

  claims(): IterableIterator<Stored<Claim>> {
    return this.#claims.values();
  }

  /** @param name which is the address's, and its scope's */
  claim(name: string): Stored<Claim> | undefined {
    return this.#claims.get(name);
  }

  get claimCount(): number {
    return this.#claims.size;
  }

  /** By the claim's name, which is the address's. */
  claimsOfPool(pool: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByPool.of(pool);
  }

  /** How many of a pool's claims keep their address for a Pod that is not there. */
  parkedIn(pool: string): number {
    return this.#parkedByPool.of(pool).size;
  }

  /** @param pod `namespace/name`; claims of former Pods of that name are among them */
  claimsOfPod(pod: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByPod.of(pod);
  }

  /** Parked and held. @param place of an identity, as `placeOfClaim` tells it */
  claimsKeptAt(place: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByPlace.of(place);
  }

  claimsOfNode(node: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#claimsByNode.of(node);
  }

  /** Pods that have claims, as `namespace/name`. */
  podsWithClaims(): IterableIterator<string> {
    return this.#claimsByPod.groups();
  }

  blocks(): IterableIterator<Stored<Block>> {
    return this.#blocks.values();
  }

  blocksOfPool(pool: string): ReadonlyMap<string, Stored<Block>> {
    return this.#blocksByPool.of(pool);
  }

  blocksOfNode(node: string): ReadonlyMap<string, Stored<Block>> {
    return this.#blocksByNode.of(node);
  }

  endpoints(): IterableIterator<Stored<Endpoint>> {
    return this.#endpoints.values();
  }

  /** @param pod `namespace/name` */
  endpoint(pod: string): Stored<Endpoint> | undefined {
    return this.#endpoints.get(pod);
  }

  async #follow<R extends Resource>(kind: string, reflection: Reflection<R>, signal: AbortSignal): Promise<void> {
    const { store, log, clock } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    await reflect<R>(store, kind, reflection, { log, signal, pause, retryFirstList: true });
  }

  #seePool(before: ParsedPool | undefined, after: ParsedPool | undefined): void {
    const either = after ?? before;
    if (either === undefined) return;
    if (!saysTheSame(before, after)) this.#keepValue(either.resource.metadata.name, after?.value);
    if (after !== undefined && after.problem !== '') this.#report(after.resource, after.problem);
    this.#tell({ of: 'pool', pool: either.resource.metadata.name });
    const networks = new Set([before, after].map((pool) => (pool === undefined ? undefined : networkOf(pool))));
    for (const network of networks) {
      if (network === undefined) continue;
      for (const subnet of this.#subnetsByNetwork.of(network).keys()) this.#tell({ of: 'subnet', subnet });
    }
  }

  #keepValue(name: string, value: Pool | undefined): void {
    if (value === undefined) this.#poolValues.delete(name);
    else this.#poolValues.set(name, value);
    this.#poolsByName = undefined;
  }

  #seeSubnet(before: ParsedSubnet | undefined, after: ParsedSubnet | undefined): void {
    const either = after ?? before;
    if (either === undefined) return;
    if (after !== undefined && after.problem !== '') this.#report(after.resource, after.problem);
    this.#tell({ of: 'subnet', subnet: either.resource.metadata.name });
  }

  #tellOfClaim(claim: Stored<Claim> | undefined): void {
    if (claim === undefined) return;
    this.#tell({ of: 'pool', pool: specOf(claim).pool ?? '' });
    const pod = podOf(claim);
    if (pod !== undefined) this.#tell({ of: 'pod', pod });
  }

  #tellOfBlock(block: Stored<Block> | undefined): void {
    if (block !== undefined) this.#tell({ of: 'pool', pool: specOf(block).pool ?? '' });
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

function versionOf({ metadata }: Stored<Resource>): string {
  return metadata.resourceVersion;
}

function versionOfParsed({ resource }: ParsedPool | ParsedSubnet): string {
  return versionOf(resource);
}

/** Somebody may have written a claim or a block by hand: no field is sure to be there. */
function specOf<S extends object>({ spec }: { readonly spec: S }): Partial<S> {
  return spec ?? {};
}

/** What is parked is on no node any more. */
function nodeOf(claim: Claim): string {
  return isParked(claim) ? '' : (specOf<Claim['spec']>(claim).node ?? '');
}

function isParked(claim: Claim): boolean {
  return specOf<Claim['spec']>(claim).parkedAt !== undefined;
}

/** @returns `namespace/name`; undefined: the claim names no Pod */
function podOf(claim: Claim): string | undefined {
  const { podNamespace = '', podName = '' } = specOf<Claim['spec']>(claim);
  return podName === '' || podNamespace === '' ? undefined : `${podNamespace}/${podName}`;
}
