import { isDeepStrictEqual } from 'node:util';
import { IpamError, isIpamError, isOvertaken } from '../resources/errors.ts';
import { heldStillBy, migrationAnnotation, type PhaseMark } from '../resources/migration-marks.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import { applySteps, keyOf, uidLookup } from './apply.ts';
import { type Conflict, distinct, requirePools } from './conflict.ts';
import { heldByAnother, holdSourceStill, letPoolsGo, markSourceMoved, openTarget } from './hold-still.ts';
import { keyText, movedKinds, resourcesOf, type SourceContents } from './holdings.ts';
import { planJournal, undoJournal, writeJournal } from './journal-import.ts';
import type { Source, Target } from './places.ts';
import { type Plan, planMigration } from './plan.ts';
import { markOf } from './pools.ts';
import { type Progress, type Report, reportOf } from './report.ts';

export interface MigrationOptions {
  /** The same for the same source and target: how an interrupted migration is known again. */
  readonly id: string;
  readonly source: Source;
  readonly target: Target;
  readonly dryRun: boolean;
  readonly pause: (ms: number) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
}

/** Rounds of reading and copying after which a source that still changes is given up on. */
const mostRounds = 5;

/**
 * Moves all that the source holds. Order is what keeps an address from being given twice: the target gives nothing out
 * until the source has stopped and all of it has been copied and compared (decision 20). Killed at any point, it is
 * repeated with the same command.
 * @throws IpamError in-use, conflict, and what the stores say
 */
export async function migrate(options: MigrationOptions): Promise<Report> {
  const { id, source, target, dryRun } = options;
  const phase = await phaseOf(options);
  const before = await look(options);
  if (phase === 'finished') return reportOf(id, 'finished-before', before.holdings, { ...before.plan, steps: [] });
  const warnings = [...before.holdings.warnings, ...before.plan.warnings, ...(await target.warnings(before.holdings))];
  if (phase === 'new') {
    await requireUnheld(source.store, id);
    requirePools(before.plan.conflicts);
    if (before.plan.conflicts.length > 0) return reportOf(id, 'refused', before.holdings, before.plan, { warnings });
  }
  if (dryRun) return reportOf(id, 'planned', before.holdings, before.plan, { warnings });
  const copied = phase === 'new' ? await copyAll(options, before) : before.holdings;
  await finish(options);
  return reportOf(id, 'migrated', copied, before.plan, { warnings, verified: copied.resources.length });
}

/**
 * Takes a migration back that has not opened its target yet: what it made there is deleted, and the source goes on.
 * @throws IpamError in-use: the target has been opened, and may have given out addresses that the source knows nothing of
 */
export async function undo(options: MigrationOptions): Promise<Report> {
  const { id, source, target, onProgress } = options;
  const marks = await marksOf(target.store, id);
  if (marks.some(({ phase }) => phase === 'copied')) {
    throw new IpamError('in-use', `migration ${id} has opened its target, which may have given out addresses since`, {
      advice: 'migrate back: exchange --from and --to',
    });
  }
  const { holdings, plan } = await look(options);
  const made = (await resourcesOf(target.store)).filter(
    ({ metadata }) => metadata.annotations?.[migrationAnnotation] === id,
  );
  let done = 0;
  for (const kind of movedKinds.toReversed()) {
    for (const resource of made.filter((one) => one.kind === kind)) {
      await deleteMade(target.store, resource);
      onProgress({ phase: 'undoing', kind, done: ++done, of: made.length });
    }
  }
  await letPoolsGo(target.store, id);
  if (target.journal !== undefined) await writeJournal(target.journal, undoJournal(target.journal, holdings));
  if (source.store !== undefined) await letPoolsGo(source.store, id);
  return reportOf(id, 'undone', holdings, { ...plan, steps: [], conflicts: [] });
}

interface Look {
  readonly holdings: SourceContents;
  readonly plan: Plan;
}

async function look({ id, source, target }: MigrationOptions): Promise<Look> {
  const present = await resourcesOf(target.store);
  const made = present.filter(({ metadata }) => metadata.annotations?.[migrationAnnotation] === id);
  const holdings = await source.read(made);
  const plan = planMigration(holdings.resources, present, id);
  const records = recordsPlan(id, holdings, target, present);
  const conflicts = distinct([...(holdings.conflicts ?? []), ...plan.conflicts, ...records.conflicts]);
  return { holdings, plan: { ...plan, conflicts } };
}

function recordsPlan(id: string, holdings: SourceContents, { journal }: Target, present: readonly Resource[]) {
  if (journal === undefined) return { changes: [], conflicts: [] };
  const ours = present.filter((one) => one.kind === poolKind && markOf(one, id)?.phase === 'copying');
  const sealed = ours.filter((pool) => heldStillBy(pool) !== undefined).map(({ metadata }) => metadata.name);
  return planJournal(journal, holdings, new Set(sealed));
}

/** @returns what the source had when nothing changed any more, all of it in the target */
async function copyAll(options: MigrationOptions, before: Look): Promise<SourceContents> {
  const { id, source, onProgress, pause } = options;
  // While the source goes on: what it gives out meanwhile is little, and little is left for when it stands still.
  if (source.store !== undefined && source.settleMs > 0) await copyOnce(options, before);
  let written: Plan['steps'] = [];
  for (let round = 1; ; round += 1) {
    // Every round: somebody may have made a pool since.
    if (source.store !== undefined) {
      onProgress({ phase: 'holding-still' });
      if ((await holdSourceStill(source.store, id)) > 0 || round === 1) await pause(source.settleMs);
    }
    onProgress({ phase: 'verifying' });
    // Asked before the look: what is read after it has stopped is all there will be.
    const reasons = await source.inUse();
    const now = await look(options);
    if (now.plan.conflicts.length > 0) throw conflictsError(now.plan.conflicts, id);
    if (isComplete(options, now)) {
      requireStopped(reasons, id);
      await copyOnce(options, now);
      return now.holdings;
    }
    const [again] = now.plan.steps.filter((step) => written.some((before) => isSameStep(before, step)));
    if (again !== undefined) throw notKept(again, id);
    if (round > mostRounds) {
      requireStopped(reasons, id);
      throw stillChanging(now, id);
    }
    written = (await copyOnce(options, now)) ? now.plan.steps : [];
  }
}

/**
 * Does the target hold all that the source holds? What the source lets go of while it stands still keeps nobody waiting:
 * a copy that is too many is found by the daemon whose it is, as a claim without a record or an empty block.
 */
function isComplete({ source, target }: MigrationOptions, { holdings, plan }: Look): boolean {
  if (!plan.steps.every(({ action }) => action === 'delete' && source.store !== undefined)) return false;
  return target.journal === undefined || planJournal(target.journal, holdings, new Set()).changes.length === 0;
}

/** @returns false: another program wrote the same object meanwhile, and not all could be written */
async function copyOnce(options: MigrationOptions, { holdings, plan }: Look): Promise<boolean> {
  const { id, source, target, onProgress } = options;
  const lookup = uidLookup(holdings.resources);
  const present = await resourcesOf(target.store);
  const uids = knownUids(holdings.resources, present);
  const totals = new Map<string, number>();
  for (const { resource } of plan.steps) totals.set(resource.kind, (totals.get(resource.kind) ?? 0) + 1);
  const done = new Map<string, number>();
  const apply = (steps: Plan['steps']): Promise<void> =>
    applySteps(steps, {
      store: target.store,
      uids,
      keepsOwners: !target.deletesOrphans,
      keepsUids: target.keepsUids,
      originalUid: lookup,
      onStep: ({ resource: { kind } }) => {
        const count = (done.get(kind) ?? 0) + 1;
        done.set(kind, count);
        onProgress({ phase: 'copying', kind, done: count, of: totals.get(kind) ?? count });
      },
    });
  // Pools first, then the record, then claims: a daemon that starts in between takes back what is on its record, and
  // never finds claims of its own that no record stands behind.
  const firstHeld = plan.steps.findIndex(({ resource }) => resource.kind !== poolKind && isHeld(resource));
  const split = firstHeld < 0 ? plan.steps.length : firstHeld;
  try {
    await apply(plan.steps.slice(0, split));
    if (target.journal !== undefined) {
      const records = recordsPlan(id, holdings, target, await resourcesOf(target.store));
      await writeJournal(target.journal, records.changes);
    }
    await apply(plan.steps.slice(split));
    return true;
  } catch (error) {
    // Somebody wrote the same object meanwhile: the next round looks again. While the source stands still that cannot be.
    if (!isOvertaken(error)) throw error;
    if (source.store === undefined) throw error;
    return false;
  }
}

/** Is it the same write once more, although it was carried out and answered? */
function isSameStep(before: Plan['steps'][number], step: Plan['steps'][number]): boolean {
  if (step.action === 'delete' || before.action === 'delete') return false;
  return (
    keyText(before.resource) === keyText(step.resource) && isDeepStrictEqual(before.resource.spec, step.resource.spec)
  );
}

function isHeld({ kind }: Resource): boolean {
  return kind === movedKinds.at(-1) || kind === movedKinds.at(-2);
}

function knownUids(source: readonly Resource[], target: readonly Resource[]): Map<string, string> {
  const lookup = uidLookup(source);
  return new Map(
    target.flatMap((copy) => {
      const [from, to] = [lookup(copy), copy.metadata.uid];
      return from === undefined || to === undefined ? [] : [[from, to] as const];
    }),
  );
}

/** From here on there is no way back but another migration. */
async function finish({ id, source, target, onProgress }: MigrationOptions): Promise<void> {
  onProgress({ phase: 'opening' });
  if (source.store !== undefined) await markSourceMoved(source.store, id);
  await openTarget(target.store, id);
}

type MigrationPhase = 'new' | 'finishing' | 'finished';

/** The source says how far it is, because it is told before the target is opened; another IPAM cannot say anything. */
async function phaseOf({ id, source, target }: MigrationOptions): Promise<MigrationPhase> {
  const to = await marksOf(target.store, id);
  const isClosed = to.some(({ phase }) => phase === 'copying');
  const from = source.store === undefined ? to : await marksOf(source.store, id);
  const isPast = from.some(({ phase }) => phase === (source.store === undefined ? 'copied' : 'moved'));
  if (!isPast) return 'new';
  return isClosed || from.some(({ phase }) => phase === 'moving') ? 'finishing' : 'finished';
}

/** Not of a pool that is being deleted: it gives nothing out, and what it says may be of long ago. */
async function marksOf(store: Store, id: string): Promise<readonly PhaseMark[]> {
  const { items } = await store.list(poolKind);
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((pool) => markOf(pool, id) ?? []);
}

/** What another migration moves, or has moved away, is not this one's to move. */
async function requireUnheld(store: Store | undefined, id: string): Promise<void> {
  if (store === undefined) return;
  for (const pool of (await store.list(poolKind)).items) {
    const held = heldStillBy(pool);
    if (held !== undefined && held.id !== id) throw heldByAnother(pool, held.id);
  }
}

function requireStopped(reasons: readonly string[], id: string): void {
  if (reasons.length === 0) return;
  throw new IpamError('in-use', `the source may still give addresses out: ${reasons.join('; ')}`, {
    advice: `stop it as docs/migration.md says, and repeat the same command: migration ${id} goes on, and its target stays closed until then`,
    facts: { migration: id, reasons },
  });
}

function conflictsError(conflicts: readonly Conflict[], id: string): IpamError {
  const [first] = conflicts;
  const more = conflicts.length === 1 ? '' : `, and ${conflicts.length - 1} more`;
  return new IpamError('conflict', `${first?.subject}: ${first?.reason}${more}`, {
    advice: `${first?.advice}, or take the migration back with --undo`,
    facts: { migration: id, conflicts },
  });
}

/** The source says what it said, and the target does not: something changes or deletes there what is written. */
function notKept({ resource }: Plan['steps'][number], id: string): IpamError {
  const { kind, metadata } = resource;
  return new IpamError('conflict', `the target does not keep ${kind} "${metadata.name}" as it is written`, {
    advice: `compare what the source has with ipam-cli get ${kind.toLowerCase()} ${metadata.name} of the target, stop what changes it there (a webhook, a controller, a daemon), and repeat the same command`,
    facts: { migration: id },
  });
}

function stillChanging({ plan }: Look, id: string): IpamError {
  const [first] = plan.steps;
  return new IpamError(
    'conflict',
    `the source still changes: ${plan.steps.length} objects since the last look, ${first?.resource.kind} "${first?.resource.metadata.name}" among them`,
    { advice: 'stop what writes to it, and repeat the same command', facts: { migration: id } },
  );
}

async function deleteMade(store: Store, resource: Resource): Promise<void> {
  const { finalizers = [] } = resource.metadata;
  const present = await store.get(keyOf(resource));
  if (present === undefined) return;
  const bare =
    finalizers.length === 0
      ? present
      : await store.update({ ...present, metadata: { ...present.metadata, finalizers: [] } });
  await store.delete(keyOf(resource), bare.metadata.resourceVersion).catch((error: unknown) => {
    // One that was being deleted is gone with its last finalizer.
    if (!isIpamError(error, 'not-found')) throw error;
  });
}
