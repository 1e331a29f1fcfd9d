import { isIpamError } from '../resources/errors.ts';
import type { OwnerReference, Resource, Stored } from '../resources/resource.ts';
import type { ResourceKey, Store } from '../store/store.ts';
import { keyText } from './holdings.ts';
import type { Step } from './plan.ts';

/** Writes on their way at once: an engine that commits in groups, or a server with many workers, has all it can do. */
const inFlight = 64;

export interface ApplyOptions {
  readonly store: Store;
  /** Uids of owners, of the source and of the copy. Brought up to date. */
  readonly uids: Map<string, string>;
  /** Keeps references to owners that are no copies of ours: only where nobody deletes for an owner that is not there. */
  readonly keepsOwners: boolean;
  /** Copies have the uids of what they are made of. */
  readonly keepsUids: boolean;
  readonly onStep: (step: Step) => void;
  readonly originalUid: (resource: Resource) => string | undefined;
}

/**
 * Carries the steps out, kind by kind. Each is one write or two, and each may have been carried out before: an
 * interrupted run is repeated from the plan.
 * @throws IpamError what the store says; the steps before are done
 */
export async function applySteps(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  for (const group of groups(steps)) {
    const queue = group.values();
    const failures: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (const step of queue) {
        if (failures.length > 0) return;
        try {
          await applyStep(step, options);
          options.onStep(step);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    // All of them, so that nothing is on its way any more when somebody hears of a failure.
    await Promise.all(Array.from({ length: Math.min(inFlight, group.length) }, worker));
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs of steps of one kind and action: a kind is done before the next begins, which may refer to it. */
function groups(steps: readonly Step[]): readonly (readonly Step[])[] {
  const all: Step[][] = [];
  for (const step of steps) {
    const last = all.at(-1);
    const same = last?.[0]?.action === step.action && last[0].resource.kind === step.resource.kind;
    if (last !== undefined && same) last.push(step);
    else all.push([step]);
  }
  return all;
}

async function applyStep(
  step: Step,
  { store, uids, keepsOwners, keepsUids, originalUid }: ApplyOptions,
): Promise<void> {
  if (step.action === 'delete') return remove(store, step.resource);
  if (step.action === 'update') {
    await store.update(step.resource);
    return;
  }
  const uid = originalUid(step.resource);
  const copy = await create(store, withOwners(step.resource, uids, keepsOwners), keepsUids ? uid : undefined);
  if (uid !== undefined) uids.set(uid, copy.metadata.uid);
  if (step.isGoing) await remove(store, copy);
}

/** A create whose answer was lost has been carried out: what is there under the name is then compared by the next plan. */
async function create(store: Store, resource: Resource, uid: string | undefined): Promise<Stored<Resource>> {
  try {
    return await store.create(resource, uid);
  } catch (error) {
    const present = isIpamError(error, 'already-exists') ? await store.get(keyOf(resource)) : undefined;
    if (present === undefined) throw error;
    return present;
  }
}

async function remove(store: Store, resource: Stored<Resource>): Promise<void> {
  try {
    await store.delete(keyOf(resource), resource.metadata.resourceVersion);
  } catch (error) {
    if (!isIpamError(error, 'not-found')) throw error;
  }
}

function withOwners(resource: Resource, uids: ReadonlyMap<string, string>, keepsOwners: boolean): Resource {
  const { ownerReferences, ...metadata } = resource.metadata;
  if (ownerReferences === undefined) return resource;
  const kept = ownerReferences.flatMap((owner): OwnerReference[] => {
    const uid = uids.get(owner.uid);
    if (uid !== undefined) return [{ ...owner, uid }];
    return keepsOwners ? [owner] : [];
  });
  return { ...resource, metadata: kept.length === 0 ? metadata : { ...metadata, ownerReferences: kept } };
}

export function keyOf({ kind, metadata: { name, namespace } }: Resource): ResourceKey {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** What a copy was made of, by its key. */
export function uidLookup(source: readonly Resource[]): (copy: Resource) => string | undefined {
  const uids = new Map(source.map((resource) => [keyText(resource), resource.metadata.uid]));
  return (copy) => uids.get(keyText(copy));
}
