import { formatPrefix } from '../../ip/prefix.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { namePrefix, problemOf } from '../../resources/malformed.ts';
import { type PoolResource, poolKind } from '../../resources/pool.ts';
import { type ReservedIPResource, reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { salvageReservation } from '../../resources/salvage-reservation.ts';
import { type Reflected, type ReflectOptions, reflect } from '../../store/cache/reflector.ts';
import { sieve } from '../../store/cache/sieve.ts';
import type { Store } from '../../store/store.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { MalformedObjects } from '../recovery/malformed-objects.ts';
import type { SeenVersions } from '../recovery/position.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import type { Catalog } from './catalog.ts';
import type { ClaimsView } from './claims-view.ts';
import type { LastKnownState, LastKnownStateKeeper } from './last-known-state.ts';

export interface FollowedParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly keeper: LastKnownStateKeeper;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly claimsView: ClaimsView;
  readonly malformed: MalformedObjects;
  readonly history: StoreHistory;
}

/**
 * Follows all that a daemon goes by. Between the store and what is gone by stands one sieve for each kind: behind it every
 * object is what its type says.
 * @param lastKnown what was seen before the start
 * @param position how far it was seen
 */
export async function followStore(
  { store, catalog, keeper, blocks, shared, claimsView, malformed, history }: FollowedParts,
  base: ReflectOptions,
  lastKnown: LastKnownState | undefined,
  position: SeenVersions,
): Promise<readonly Reflected[]> {
  const common = { problemOf, found: malformed };
  const pools = sieve<PoolResource>(poolKind, keeper.pools(catalog.poolReflection), {
    ...common,
    former: (name) => keeper.pool(name) ?? named(lastKnown?.pools, name),
  });
  const reservations = sieve<ReservedIPResource>(reservedIPKind, keeper.reservations(catalog.reservedReflection), {
    ...common,
    former: (name) =>
      malformed.isSalvaged(reservedIPKind, name)
        ? undefined
        : (keeper.reservation(name) ?? whole(named(lastKnown?.reservations, name))),
    salvage: (resource) => ({ ...resource, spec: salvageReservation(resource).spec }),
  });
  const leases = sieve<Block>(blockKind, blocks.reflection, {
    ...common,
    former: (name) => {
      const prefix = namePrefix(name);
      return prefix === undefined ? undefined : blocks.find(formatPrefix(prefix))?.resource;
    },
  });
  const claims = sieve<Claim>(claimKind, shared.reflection, {
    ...common,
    // Asked for only where something is wrong: it looks through all.
    former: (name) => shared.all().find(({ metadata }) => metadata.name === name),
  });
  const options = (kind: string) => ({ ...base, history, seen: position[kind] });
  const ofPools = { ...options(poolKind), lastKnown: lastKnown?.pools };
  const ofReservations = { ...options(reservedIPKind), lastKnown: lastKnown?.reservations };
  const ofBlocks = { ...options(blockKind), lastKnown: lastKnown?.blocks };
  const ofClaims = { ...options(claimKind), lastKnown: lastKnown && (lastKnown.claims ?? []) };
  await claimsView.decide();
  return Promise.all([
    reflect<PoolResource>(store, poolKind, catalog.showing(poolKind, pools), ofPools),
    reflect<ReservedIPResource>(store, reservedIPKind, catalog.showing(reservedIPKind, reservations), ofReservations),
    reflect<Block>(store, blockKind, leases, ofBlocks),
    claimsView.follow(claims, ofClaims),
  ]);
}

function named<R extends Stored<PoolResource | ReservedIPResource>>(
  resources: readonly R[] | undefined,
  name: string,
): R | undefined {
  return resources?.find(({ metadata }) => metadata.name === name);
}

/** What closed pools is kept as it was found. */
function whole<R extends Stored<Resource>>(resource: R | undefined): R | undefined {
  return resource === undefined || problemOf(resource) !== undefined ? undefined : resource;
}
