import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { problemOf } from '../resources/malformed.ts';
import type { Resource } from '../resources/resource.ts';
import type { Conflict } from './conflict.ts';
import { keyText } from './holdings.ts';

/**
 * Claims and blocks say what is out: one that does not say it as a daemon writes it can neither be moved nor compared. Of
 * the others the rules judge what can be read at all.
 */
export function isUsable(resource: Resource): boolean {
  if (isHeld(resource)) return problemOf(resource) === undefined;
  return typeof resource.spec === 'object' && resource.spec !== null && !Array.isArray(resource.spec);
}

function isHeld({ kind }: Resource): boolean {
  return kind === claimKind || kind === blockKind;
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
    reason: `the ${where} has one that cannot be read: ${problemOf(resource) ?? 'it has no spec that can be read'}`,
    advice: isHeld(resource)
      ? 'see whether a container has the address, delete the object (docs/recovery.md), and repeat'
      : 'mend or delete it, and repeat',
  };
}
