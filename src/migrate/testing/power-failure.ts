import type { Journal } from '../../daemon/journal/journal.ts';
import { heldStillBy } from '../../resources/migration-marks.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Store } from '../../store/store.ts';
import { resourcesOf } from '../holdings.ts';
import { type MigrationOptions, migrate } from '../migration.ts';
import type { Target } from '../places.ts';
import { asItWas } from '../pools.ts';
import { mortalStore, type Write } from './stores.ts';

/** What a target has in the end: nothing of when and by whom it was written. */
export interface EndState {
  readonly objects: readonly unknown[];
  readonly records: readonly unknown[];
}

/** What a target is while its migration has not ended. */
export interface Midway extends EndState {
  /** Names of pools that give addresses out. */
  readonly open: readonly string[];
}

/** When the machine of the migration loses its power: at this write, which is lost or carried out. */
interface Death {
  readonly at: number;
  readonly isCarriedOut: boolean;
}

export class PowerFailure extends Error {}

/**
 * Runs a migration whose machine dies at its first write, then one whose machine dies at its second, and so on until one
 * lives to its end; each is repeated after its death until it ends.
 * @param open a new target, and the source that is moved there
 * @param seen what the target is after each death
 * @returns what each target has in the end; the first is of a migration that was not disturbed
 */
export async function dieAtEachWrite(
  open: () => Promise<{ readonly options: MigrationOptions; readonly reopen: () => Promise<Target> }>,
  isCarriedOut: boolean,
  seen: (midway: Midway) => void,
): Promise<readonly EndState[]> {
  const ends: EndState[] = [];
  for (let at = Number.POSITIVE_INFINITY, next = 0; ; at = next++) {
    const { options, reopen } = await open();
    const failing = withPowerFailure(options.target, { at, isCarriedOut });
    const died = await migrate({ ...options, target: failing }).then(() => false, isPowerFailure);
    const target = died ? await reopen() : options.target;
    if (died) {
      seen({ ...(await stateOf(target)), open: await openPools(target.store) });
      await migrate({ ...options, target });
    }
    ends.push(await stateOf(target));
    await target.close();
    if (!died && next > 0) return ends;
  }
}

function isPowerFailure(error: unknown): boolean {
  if (error instanceof PowerFailure) return true;
  throw error;
}

/** Once dead, nothing more is written. */
function withPowerFailure(target: Target, { at, isCarriedOut }: Death): Target {
  let writes = 0;
  let isDead = false;
  const write = async <T>(carryOut: () => Promise<T>): Promise<T> => {
    const dies = writes++ === at;
    if (isDead) throw new PowerFailure('no power');
    if (!dies) return carryOut();
    isDead = true;
    if (isCarriedOut) await carryOut();
    throw new PowerFailure('no power');
  };
  const { store, journal } = target;
  return { ...target, store: mortalStore(store, write), journal: journal && mortalJournal(journal, write) };
}

function mortalJournal(journal: Journal, write: Write): Journal {
  return {
    boot: undefined,
    begun: journal.begun,
    history: journal.history,
    load: () => journal.load(),
    recorded: () => journal.recorded(),
    trouble: () => journal.trouble(),
    probe: () => journal.probe(),
    commit: (changes) => write(() => journal.commit(changes)),
    close: () => journal.close(),
  };
}

async function stateOf({ store, journal }: Target): Promise<EndState> {
  const objects = (await resourcesOf(store)).map(({ kind, metadata: { name }, spec }) => ({ kind, name, spec }));
  return { objects, records: journal?.load().allocations ?? [] };
}

/** Of the pools that are there: those that no migration holds still, and that are not disabled of themselves. */
async function openPools(store: Store): Promise<readonly string[]> {
  const { items } = await store.list(poolKind);
  return items
    .filter((pool) => heldStillBy(pool) === undefined && (asItWas(pool).spec as { disable?: boolean }).disable !== true)
    .map(({ metadata }) => metadata.name);
}
