import { type Claim, claimKind } from '../../resources/claim.ts';
import { type Reflected, type Reflection, type ReflectOptions, reflect } from '../../store/cache/reflector.ts';
import type { Store } from '../../store/store.ts';

/** Keeps the claims that a daemon goes by as the store has them. */
export interface ClaimsFollower {
  /** The store was interrupted, of whichever kind. */
  disturb(kind: string, isGap: boolean): void;
  /** A call to the store about a claim was not answered. */
  uncertain(): void;
  /**
   * Until the signal aborts.
   * @param all takes everybody's, where those are followed @returns as `reflect` @throws what the first list throws
   */
  follow(all: Reflection<Claim>, options: ReflectOptions<Claim>): Promise<Reflected>;
}

/** A watch of all of them, which tells by itself whatever happens. */
export function allClaimsFollower(store: Store): ClaimsFollower {
  return {
    disturb: () => {},
    uncertain: () => {},
    follow: (all, options) => reflect<Claim>(store, claimKind, all, options),
  };
}
