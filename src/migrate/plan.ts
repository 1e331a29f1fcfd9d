import { isDeepStrictEqual } from 'node:util';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import {
  createdAnnotation,
  heldStillBy,
  migrationAnnotation,
  originalCreationTime,
  unmarked,
} from '../resources/migration-marks.ts';
import { poolKind } from '../resources/pool.ts';
import { rangesOwner } from '../resources/ranges-owner.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { subnetKind } from '../resources/subnet.ts';
import { collisions, differs, repeated } from './collisions.ts';
import type { Conflict } from './conflict.ts';
import { keyText, movedKinds } from './holdings.ts';
import { asItWas, frozen, joined, markOf } from './pools.ts';
import { refusedByRules } from './rules.ts';
import { isEquivalent } from './same.ts';
import { isUsable, unusable } from './unusable.ts';

/** One write to the target. */
export type Step =
  | { readonly action: 'create'; readonly resource: Resource; readonly isGoing: boolean }
  | { readonly action: 'update'; readonly resource: Stored<Resource> }
  | { readonly action: 'delete'; readonly resource: Stored<Resource> };

export interface Plan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
  /** Objects of the source that the target has already. */
  readonly kept: number;
}

/**
 * What it takes for the target to hold all that the source holds. The target itself is the record of how far the
 * migration is: what is there already needs no step, so an interrupted migration goes on where it was.
 * @param all what the source holds
 * @param there what the target holds
 * @param id the migration's name: what it made it may change and delete, and nothing else
 */
export function planMigration(all: readonly Resource[], there: readonly Resource[], id: string): Plan {
  const [source, target] = [inWritingOrder(all.filter(isUsable)), there.filter(isUsable)];
  const plan = planUsable(source, target, id);
  return { ...plan, conflicts: [...unusable(all, there), ...plan.conflicts] };
}

/**
 * Pools of networks' ranges before those that people made: a pool may be laid over ranges, and ranges over no pool, so the
 * rules let them come in this order only.
 */
function inWritingOrder(resources: readonly Resource[]): readonly Resource[] {
  const rank = (one: Resource): number => movedKinds.indexOf(one.kind) + (rangesOwner(one) === undefined ? 0.5 : 0);
  return resources.toSorted((a, b) => rank(a) - rank(b));
}

function planUsable(source: readonly Resource[], target: readonly Resource[], id: string): Plan {
  const present = new Map(target.map((resource) => [keyText(resource), resource as Stored<Resource>]));
  const wanted = new Set(source.map(keyText));
  // A pool that another migration moved away from here gives nothing out any more: what it has is history.
  const history = new Set(
    target.filter((one) => heldStillBy(one)?.phase === 'moved').map(({ metadata }) => metadata.name),
  );
  const isOurs = (resource: Resource): boolean =>
    resource.metadata.annotations?.[migrationAnnotation] === id || history.has(poolOf(resource));
  const steps: Step[] = [];
  const conflicts: Conflict[] = [];
  let kept = 0;
  for (const original of source) {
    const there = present.get(keyText(original));
    if (there === undefined) {
      steps.push({ action: 'create', resource: copyOf(original, id), isGoing: isGoing(original) });
    } else if (isEquivalent(asItWas(original), asItWas(there))) {
      kept += 1;
      const update = takenOver(there, id, history);
      if (update !== undefined) steps.push({ action: 'update', resource: update });
    } else if (
      isOurs(there) &&
      isGoing(original) &&
      !isGoing(there) &&
      isEquivalent(asItWas(staying(original)), asItWas(there))
    ) {
      steps.push({ action: 'delete', resource: there });
    } else if (isOurs(there)) {
      steps.push({ action: 'update', resource: overwritten(there, original, id) });
    } else if (isSameObject(original, there)) {
      const next = { ...there, spec: original.spec };
      steps.push({ action: 'update', resource: next.kind === poolKind ? joined(next, id) : next });
    } else {
      conflicts.push(differs(original, there));
    }
  }
  const others = target.filter((resource) => !wanted.has(keyText(resource)));
  for (const resource of others) {
    if (resource.kind !== poolKind && isOurs(resource))
      steps.push({ action: 'delete', resource: present.get(keyText(resource)) as Stored<Resource> });
  }
  const theirs = others.filter((resource) => !isOurs(resource));
  const alike = source.filter((original) => {
    const there = present.get(keyText(original));
    return there !== undefined && !isOurs(there);
  });
  const ruled = refusedByRules(source, { kept: alike, theirs });
  conflicts.push(...repeated(source), ...collisions(source, theirs), ...ruled.conflicts);
  return { steps: inOrder(steps, history), conflicts, warnings: ruled.warnings, kept };
}

/**
 * What is deleted comes first; then what others refer to. A pool that was moved away from here gives nothing out until it
 * is taken over, and says until then that what it has is history: it comes last.
 */
function inOrder(steps: readonly Step[], history: ReadonlySet<string>): readonly Step[] {
  const rank = ({ action, resource }: Step): number => {
    const place = movedKinds.indexOf(resource.kind);
    if (action === 'delete') return -place - 1;
    return resource.kind === poolKind && history.has(resource.metadata.name) ? movedKinds.length : place;
  };
  return steps.toSorted((a, b) => rank(a) - rank(b));
}

function copyOf(original: Resource, id: string): Resource {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = original.metadata;
  const born = originalCreationTime(original.metadata);
  const copy: Resource = {
    apiVersion: original.apiVersion,
    kind: original.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      annotations: {
        ...unmarked(annotations),
        ...(born === undefined ? {} : { [createdAnnotation]: born }),
        [migrationAnnotation]: id,
      },
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: asItWas(original).spec,
  };
  return original.kind === poolKind ? frozen(copy, id, 'copying') : copy;
}

/** A pool that was there already and is not ours: it says which migration joined it. Undefined: nothing to write. */
function takenOver(there: Stored<Resource>, id: string, history: ReadonlySet<string>): Stored<Resource> | undefined {
  if (there.kind !== poolKind || markOf(there, id) !== undefined) return undefined;
  return history.has(there.metadata.name) ? frozen(asItWas(there), id, 'copying') : joined(there, id);
}

function overwritten(there: Stored<Resource>, original: Resource, id: string): Stored<Resource> {
  const { metadata, spec } = copyOf(original, id);
  const { uid, resourceVersion, creationTimestamp } = there.metadata;
  const finalizers = [...new Set([...(there.metadata.finalizers ?? []), ...(metadata.finalizers ?? [])])];
  return {
    ...there,
    metadata: {
      ...metadata,
      labels: { ...there.metadata.labels, ...metadata.labels },
      ...(finalizers.length === 0 ? {} : { finalizers }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec,
  };
}

/**
 * Spiderpool's object itself, in the cluster that it stays in: only that an absent list of addresses is an empty one is
 * written into it.
 */
function isSameObject({ kind, metadata, spec }: Resource, there: Resource): boolean {
  if (kind !== poolKind && kind !== subnetKind) return false;
  const isOne = metadata.uid !== undefined && metadata.uid === there.metadata.uid;
  return isOne && isDeepStrictEqual({ ips: [], ...(there.spec as object) }, spec);
}

function poolOf({ kind, metadata, spec }: Resource): string {
  if (kind === poolKind) return metadata.name;
  return kind === claimKind || kind === blockKind ? (spec as Claim['spec'] | Block['spec']).pool : '';
}

function staying({ metadata: { deletionTimestamp: _, ...metadata }, ...rest }: Resource): Resource {
  return { ...rest, metadata };
}

function isGoing({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp !== undefined;
}
