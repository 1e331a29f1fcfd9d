import type { Family } from '../../ip/address.ts';
import { IpamError } from '../../resources/errors.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import { isSameSpec, requireAllowed, reviewWrite } from '../../resources/rules/review.ts';
import type { Review, Write } from '../../resources/rules/write.ts';
import { defaultScope, scopeOf } from '../../resources/scope.ts';
import { subnetKind } from '../../resources/subnet.ts';
import type { Store } from '../../store/store.ts';
import { contestedBy } from './contested.ts';
import { type HeldAddresses, type HeldView, liveHoldings } from './live-holdings.ts';
import type { PendingWrites, Surroundings } from './pending-writes.ts';
import { readablePools, readableSubnets, type StoredPlans } from './stored-plans.ts';

export interface AdmissionRulesParts {
  readonly store: Store;
  readonly pending: PendingWrites<StoredPlans>;
  readonly view?: HeldView;
  /** IP families in use; absent: both. */
  readonly families?: readonly Family[];
}

export interface Asker {
  readonly isTrial: boolean;
  readonly isProven: boolean;
}

/** Kinds whose objects must not overlap, so that of two writes at one instant one must lose. */
const planKinds: ReadonlySet<string> = new Set([poolKind, subnetKind]);

/** Asks the rules about a write, with facts read from the store at that moment: no view that may lag. */
export class AdmissionRules {
  readonly #parts: AdmissionRulesParts;

  constructor(parts: AdmissionRulesParts) {
    this.#parts = parts;
  }

  /**
   * @param asker what is known of who asks: an API server that proved to be one, for a write or for a trial
   *   (`--dry-run=server`), of which nothing is noted
   * @param signal aborts when nobody waits for the verdict any more: then nothing is noted either
   * @returns warnings for its author
   * @throws IpamError every rule that the write breaks; store-unavailable, not-ready: it cannot be judged now
   */
  async require(write: Write, { isTrial, isProven }: Asker, signal: AbortSignal): Promise<readonly string[]> {
    if (write.operation === 'update' && isSameSpec(write.before, write.resource)) return [];
    const { store, pending, view } = this.#parts;
    const subject = write.operation === 'delete' ? write.before : write.resource;
    const scope = subject.kind === poolKind ? scopeOf(subject.metadata.name) : defaultScope;
    const isKnown = write.operation === 'delete' && view?.ready === true;
    // Daemons delete many pools of ranges, and know themselves what is out of them: others are told by the view.
    const holdings = isKnown ? view : await liveHoldings(store, contestedBy(write), scope, view);
    const judge = (around: Surroundings<StoredPlans>): readonly string[] => {
      if (signal.aborted) throw new IpamError('not-ready', 'the review took too long', { advice: 'try again' });
      const review = this.#review(write, around, holdings);
      requireAllowed(review);
      return review.warnings;
    };
    if (isTrial || !planKinds.has(subject.kind)) return judge(await pending.surroundings());
    if (write.operation !== 'delete') {
      const replaces = write.operation === 'update' ? (write.before.metadata.resourceVersion ?? '') : '';
      return pending.enter({ resource: write.resource, replaces, isProven }, judge, signal);
    }
    const warnings = judge(await pending.surroundings());
    await pending.settle(subject.kind, subject.metadata.name);
    return warnings;
  }

  #review(write: Write, { world, pending }: Surroundings<StoredPlans>, holdings: HeldAddresses): Review {
    const { families } = this.#parts;
    // An object as it is and as it may be in a moment are both there: nothing may overlap either.
    const coming: readonly Resource[] = pending.map(({ resource }) => resource);
    return reviewWrite(write, {
      pools: readablePools([...world.pools, ...coming]),
      subnets: readableSubnets([...world.subnets, ...coming]),
      ...holdings,
      ...(families === undefined ? {} : { families }),
    });
  }
}
