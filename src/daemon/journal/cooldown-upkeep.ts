import { coolingAt } from '../../ipam/claim/cooling-at.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Catalog } from '../view/catalog.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { Journal } from './journal.ts';

/** Records of cool-downs written or deleted in one commit. */
const batch = 1_000;

export interface CooldownUpkeep {
  readonly cooldowns: Cooldowns;
  readonly journal: Journal;
  readonly catalog: Pick<Catalog, 'pool'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Of pools that do not say. */
  readonly cooldownMs: number;
}

/** Deletes records of cool-downs that are over. */
export async function forgetCooldowns({ cooldowns, journal, clock }: CooldownUpkeep): Promise<void> {
  for (;;) {
    const over = cooldowns.over(clock.now(), batch);
    if (over.length === 0) return;
    await journal.commit(over.map(({ address, pool }) => ({ type: 'wake', address, pool })));
    for (const coolingDown of over) {
      // Released again meanwhile: that cool-down has a record of its own, written after this one's end.
      if (cooldowns.has(coolingDown)) cooldowns.delete(coolingDown);
    }
  }
}

/** Writes anew what a clock that was ahead has recorded, as the allocator sees it: else a start or an answer would believe it. */
export async function shortenCooldowns(upkeep: CooldownUpkeep): Promise<void> {
  const { cooldowns, journal, catalog, clock } = upkeep;
  const now = clock.now();
  const late = cooldowns.all().flatMap((before) => {
    const after = coolingAt(before, now, catalog.pool(before.pool)?.cooldownMs ?? upkeep.cooldownMs);
    return after === before ? [] : [{ before, after }];
  });
  for (let at = 0; at < late.length; at += batch) {
    const some = late.slice(at, at + batch).filter(({ before }) => cooldowns.has(before));
    for (const { after } of some) cooldowns.set(after);
    await journal.commit(some.map(({ after }) => ({ type: 'cooldown', coolingDown: after })));
  }
}
