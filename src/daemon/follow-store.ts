import { formatPrefix } from '../ip/prefix.ts';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import { namePrefix, problemOf } from '../resources/malformed.ts';
import { type PoolResource, poolKind } from '../resources/pool.ts';
import { type ReservedIPResource, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Stored } from '../resources/resource.ts';
import { salvageReservation } from '../resources/salvage-reservation.ts';
import { type Reflected, type ReflectOptions, reflect } from '../store/reflect.ts';
import { sieve } from '../store/sieve.ts';
import type { Store } from '../store/store.ts';
import type { BlockLeases } from './block-leases.ts';
import type { Catalog } from './catalog.ts';
import type { MalformedObjects } from './malformed-objects.ts';
import type { Picture, PictureKeeper } from './picture.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface FollowedParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly keeper: PictureKeeper;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly malformed: MalformedObjects;
}

/**
 * Follows all that a daemon goes by. Between the store and what is gone by stands one sieve for each kind: behind it every
 * object is what its type says.
 * @param remembered what was seen before the start
 */
export function followStore(
  { store, catalog, keeper, blocks, shared, malformed }: FollowedParts,
  options: ReflectOptions,
  remembered: Picture | undefined,
): Promise<readonly Reflected[]> {
  const common = { problemOf, found: malformed };
  const pools = sieve<PoolResource>(poolKind, keeper.pools(catalog.poolReflection), {
    ...common,
    former: (name) => keeper.pool(name) ?? named(remembered?.pools, name),
  });
  const reservations = sieve<ReservedIPResource>(reservedIPKind, keeper.reservations(catalog.reservedReflection), {
    ...common,
    former: (name) => keeper.reservation(name) ?? named(remembered?.reservations, name),
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
    former: (name) => shared.claimNamed(name),
  });
  return Promise.all([
    reflect<PoolResource>(store, poolKind, catalog.showing(poolKind, pools), {
      ...options,
      remembered: remembered?.pools,
    }),
    reflect<ReservedIPResource>(store, reservedIPKind, catalog.showing(reservedIPKind, reservations), {
      ...options,
      remembered: remembered?.reservations,
    }),
    reflect<Block>(store, blockKind, leases, { ...options, remembered: remembered?.blocks }),
    reflect<Claim>(store, claimKind, claims, { ...options, remembered: remembered === undefined ? undefined : [] }),
  ]);
}

function named<R extends Stored<PoolResource | ReservedIPResource>>(
  resources: readonly R[] | undefined,
  name: string,
): R | undefined {
  return resources?.find(({ metadata }) => metadata.name === name);
}
