import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { problemOf } from '../resources/malformed.ts';
import type { Resource } from '../resources/resource.ts';
import type { Conflict } from './conflict.ts';
import { keyText } from './holdings.ts';

/** Claims and blocks say what is out: one that does not say it as a daemon writes it can neither be moved nor compared. */
export function isUsable(resource: Resource): boolean {
  const isHeld = resource.kind === claimKind || resource.kind === blockKind;
  return !isHeld || problemOf(resource) === undefined;
}

/** What the source has that nobody can use, and what stands in its way in the target. */
export function* unusable(source: readonly Resource[], target: readonly Resource[]): Generator<Conflict> {
  const wanted = new Set(source.map(keyText));
  for (const resource of source) if (!isUsable(resource)) yield malformed(resource, 'source');
  for (const resource of target)
    if (!isUsable(resource) && wanted.has(keyText(resource))) yield malformed(resource, 'target');
}

function malformed(resource: Resource, where: 'source' | 'target'): Conflict {
  const { kind, metadata } = resource;
  return {
    subject: `${kind} "${metadata.name}"`,
    reason: `the ${where} has one that no daemon has written so: ${problemOf(resource)}`,
    advice: 'see whether a container has the address, delete the object (docs/recovery.md), and repeat',
  };
}
