import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import { isIpamError, passesByItself } from '../../resources/errors.ts';
import { occupancyKind, publishedMark } from '../../resources/occupancy.ts';
import type { Reflected, Reflection, ReflectOptions } from '../../store/cache/reflector.ts';
import { isNotServed } from '../../store/kubernetes/api-error.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { HintedSearches, type HintedSearchesOptions } from '../allocation/hinted-searches.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import { allClaimsFollower, type ClaimsFollower } from './claims-follower.ts';
import { OwnClaimsFollower } from './own-claims-follower.ts';

export interface ClaimsViewParts {
  readonly node: string;
  readonly shared: SharedClaims;
  readonly history: StoreHistory;
  readonly clock: Clock;
  readonly store: Store;
  readonly log: Log;
}

/** How a daemon knows claims: it watches all of them, or knows its own and asks for the rest (decision 51). */
export class ClaimsView implements ClaimsFollower {
  readonly #parts: ClaimsViewParts;
  readonly #wantsOwn: boolean;
  #follower: ClaimsFollower;

  /** @param wantsOwn own ones only, if somebody publishes what is taken */
  constructor(parts: ClaimsViewParts, wantsOwn: boolean) {
    this.#parts = parts;
    this.#wantsOwn = wantsOwn;
    this.#follower = allClaimsFollower(parts.store);
  }

  disturb(kind: string, isGap: boolean): void {
    this.#follower.disturb(kind, isGap);
  }

  uncertain(): void {
    this.#follower.uncertain();
  }

  follow(all: Reflection<Claim>, options: ReflectOptions<Claim>): Promise<Reflected> {
    return this.#follower.follow(all, options);
  }

  /** Before claims are followed: decides for the life of this process. @throws IpamError what the store refuses with */
  async decide(): Promise<void> {
    const { log } = this.#parts;
    if (!this.#wantsOwn) return;
    if (await this.#isPublished()) this.#follower = this.#followOwn();
    else log.warn({}, 'nobody publishes what is taken of shared pools (docs/kubernetes.md): watching all claims');
  }

  #followOwn(): ClaimsFollower {
    const { shared, store, clock, node } = this.#parts;
    const onPage: HintedSearchesOptions['onPage'] = (...page) => own.onPage(...page);
    const asked = shared.askOthers(new HintedSearches({ daemon: node, store, clock, onPage }));
    const own = new OwnClaimsFollower({ ...this.#parts, asked });
    return own;
  }

  /** While nobody can be asked, it is as it was set up. */
  async #isPublished(): Promise<boolean> {
    try {
      return (await this.#parts.store.get({ kind: occupancyKind, name: publishedMark })) !== undefined;
    } catch (error) {
      if (!isIpamError(error)) throw error;
      // A cluster whose definitions are older, or whose roles are, publishes nothing.
      if (isNotServed(error) || error.code === 'permission-denied') return false;
      if (passesByItself(error)) return true;
      throw error;
    }
  }
}
