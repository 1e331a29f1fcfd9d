import { type Claim, claimKind } from '../../resources/claim.ts';
import { isIpamError, passesByItself } from '../../resources/errors.ts';
import { occupancyKind, publishedMark } from '../../resources/occupancy.ts';
import { type Reflected, type Reflection, type ReflectOptions, reflect } from '../../store/cache/reflector.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { HintedSearches } from '../allocation/hinted-searches.ts';
import { OwnClaimsFollower, type OwnClaimsFollowerParts } from './own-claims-follower.ts';

export interface ClaimsViewParts extends OwnClaimsFollowerParts {
  readonly store: Store;
  readonly log: Log;
}

/** How a daemon knows claims: it watches all of them, or knows its own and asks for the rest (decision 51). */
export class ClaimsView {
  readonly #parts: ClaimsViewParts;
  readonly #wantsOwn: boolean;
  readonly #own: OwnClaimsFollower;

  /** @param wantsOwn own ones only, if somebody publishes what is taken */
  constructor(parts: ClaimsViewParts, wantsOwn: boolean) {
    this.#parts = parts;
    this.#wantsOwn = wantsOwn;
    this.#own = new OwnClaimsFollower(parts);
  }

  /** The store was interrupted. */
  disturb(kind: string, isGap: boolean): void {
    if (this.#parts.shared.knowsOnlyOwn) this.#own.disturb(kind, isGap);
  }

  /** A call to the store about a claim was not answered. */
  uncertain(): void {
    if (this.#parts.shared.knowsOnlyOwn) this.#own.uncertain();
  }

  /** Before claims are followed: decides for the life of this process. @throws IpamError what the store refuses with */
  async decide(): Promise<void> {
    const { shared, store, clock, node, log } = this.#parts;
    if (!this.#wantsOwn) return;
    if (!(await this.#isPublished())) {
      log.warn({}, 'nobody publishes what is taken of shared pools (docs/kubernetes.md): watching all claims');
      return;
    }
    const onPage = this.#own.onPage.bind(this.#own);
    shared.knowOnlyOwn(new HintedSearches({ daemon: node, store, clock, onPage }));
  }

  /** @param all of those that are watched: every claim, through the sieve */
  follow(all: Reflection<Claim>, options: ReflectOptions<Claim>): Promise<Reflected> {
    const { shared, store } = this.#parts;
    return shared.knowsOnlyOwn ? this.#own.follow(options) : reflect<Claim>(store, claimKind, all, options);
  }

  /** While nobody can be asked, it is as it was set up. */
  async #isPublished(): Promise<boolean> {
    try {
      return (await this.#parts.store.get({ kind: occupancyKind, name: publishedMark })) !== undefined;
    } catch (error) {
      if (!isIpamError(error)) throw error;
      // A cluster whose definitions are older, or whose roles are, publishes nothing.
      if (error.facts.status === 404 || error.code === 'permission-denied') return false;
      if (passesByItself(error)) return true;
      throw error;
    }
  }
}
