import { IpamError } from '../resources/errors.ts';
import type { Resource, Stored } from '../resources/resource.ts';

/** What a write makes of an object; the store adds the version. */
export interface Written {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly resource: Resource;
}

/** The rules of writing that stores of our own share; an API server has the same. */
export function writtenByCreate(resource: Resource, given: { uid: string; creationTimestamp: string }): Written {
  const { status: _, ...rest } = resource;
  return { type: 'added', resource: { ...rest, metadata: { ...withoutDeletion(resource), ...given } } };
}

/**
 * What a create meets that finds an object in its place: an earlier attempt of its own, or somebody else's.
 * @param uid that the caller chose for its object
 * @throws IpamError already-exists
 */
export function ownOf<R extends Resource>(present: Stored<R>, uid: string | undefined): Stored<R> {
  if (uid !== undefined && present.metadata.uid === uid) return present;
  const { kind, metadata } = present;
  throw new IpamError('already-exists', `${kind} "${metadata.name}" exists already`, {
    facts: { kind, name: metadata.name },
  });
}

/** @throws IpamError invalid-config: an object that is being deleted gets no new finalizers */
export function writtenByUpdate(present: Stored<Resource>, next: Resource): Written {
  const { uid, creationTimestamp, deletionTimestamp } = present.metadata;
  const { status: _, ...rest } = next;
  const metadata = {
    ...withoutDeletion(next),
    uid,
    creationTimestamp,
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
  };
  const status = present.status === undefined ? {} : { status: present.status };
  const type = deletionTimestamp !== undefined && !hasFinalizers(next) ? 'deleted' : 'modified';
  if (deletionTimestamp !== undefined) refuseNewFinalizers(present, next);
  return { type, resource: { ...rest, metadata, ...status } };
}

export function writtenByStatusUpdate(present: Stored<Resource>, next: Resource): Written {
  const { status: _, ...rest } = present;
  return { type: 'modified', resource: next.status === undefined ? rest : { ...rest, status: next.status } };
}

/** @returns undefined when the object is marked already */
export function writtenByDelete(present: Stored<Resource>, deletionTimestamp: string): Written | undefined {
  if (!hasFinalizers(present)) return { type: 'deleted', resource: present };
  if (present.metadata.deletionTimestamp !== undefined) return undefined;
  return { type: 'modified', resource: { ...present, metadata: { ...present.metadata, deletionTimestamp } } };
}

function hasFinalizers({ metadata }: Resource): boolean {
  return (metadata.finalizers?.length ?? 0) > 0;
}

function withoutDeletion({ metadata }: Resource): Resource['metadata'] {
  const { deletionTimestamp: _, ...rest } = metadata;
  return rest;
}

function refuseNewFinalizers(present: Resource, next: Resource): void {
  const had = new Set(present.metadata.finalizers);
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !had.has(finalizer));
  if (added.length === 0) return;
  const { kind, metadata } = present;
  throw new IpamError('invalid-config', `${kind} "${metadata.name}" is being deleted and takes no new finalizers`, {
    facts: { added },
  });
}
