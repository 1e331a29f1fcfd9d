import { isIpamError } from '../resources/errors.ts';
import {
  type FormerDisable,
  heldStillBy,
  type PhaseMark,
  phaseAnnotation,
  phaseMarks,
  unmarked,
  withoutPhases,
} from '../resources/migration-marks.ts';
import { type Pool, type PoolSpec, parsePool, poolKind } from '../resources/pool.ts';
import type { Metadata, Resource } from '../resources/resource.ts';

/** Undefined: nobody can read the pool, and no daemon gives anything out of it. */
export function readPool(resource: Resource): Pool | undefined {
  try {
    return parsePool(resource);
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return undefined;
  }
}

/** What a pool is when no migration holds it still, and without any migration's marks. */
export function asItWas<R extends Resource>(resource: R): R {
  const held = resource.kind === poolKind ? heldStillBy(resource) : undefined;
  const bare = { ...resource, metadata: withAnnotations(resource.metadata, unmarked(resource.metadata.annotations)) };
  return held === undefined ? bare : { ...bare, spec: withDisable(resource.spec as PoolSpec, held.disable) };
}

export function formerDisable(pool: Resource): FormerDisable {
  const { disable } = pool.spec as PoolSpec;
  return disable === undefined ? 'absent' : `${disable}`;
}

/** The pool gives nothing out, and says which migration wants it so. */
export function frozen<R extends Resource>(pool: R, id: string, phase: 'moving' | 'moved' | 'copying'): R {
  const was = asItWas(pool);
  // What earlier migrations did is over: a pool may come and go between two engines more than once.
  const metadata = withAnnotations(pool.metadata, withoutPhases(pool.metadata.annotations));
  return {
    ...pool,
    metadata: marked(metadata, { id, phase, disable: formerDisable(was) }),
    spec: { ...(was.spec as PoolSpec), disable: true },
  };
}

/** The pool as it was before the migration held it still; the mark of the migration is gone. */
export function released<R extends Resource>(pool: R, id: string): R {
  const mark = markOf(pool, id);
  const annotations = without(pool.metadata.annotations, id);
  const spec = mark === undefined ? pool.spec : withDisable(pool.spec as PoolSpec, mark.disable);
  return { ...pool, metadata: withAnnotations(pool.metadata, annotations), spec };
}

/** The pool of a target, when it may give out. */
export function opened<R extends Resource>(pool: R, id: string): R {
  const mark = markOf(pool, id);
  if (mark === undefined) return pool;
  const metadata = marked(pool.metadata, { ...mark, phase: 'copied' });
  return { ...pool, metadata, spec: withDisable(pool.spec as PoolSpec, mark.disable) };
}

/** A pool of the target that was there before: only marked. */
export function joined<R extends Resource>(pool: R, id: string): R {
  return { ...pool, metadata: marked(pool.metadata, { id, phase: 'copying', disable: '-' }) };
}

export function markOf(pool: Resource, id: string): PhaseMark | undefined {
  return phaseMarks(pool.metadata).find((mark) => mark.id === id);
}

export function marked<M extends Metadata>(metadata: M, mark: PhaseMark): M {
  return { ...metadata, annotations: { ...metadata.annotations, ...phaseAnnotation(mark) } };
}

function without(annotations: Metadata['annotations'] = {}, id: string): Metadata['annotations'] {
  const [key = ''] = Object.keys(phaseAnnotation({ id, phase: 'copied', disable: '-' }));
  const { [key]: _, ...rest } = annotations;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function withAnnotations(metadata: Metadata, annotations: Metadata['annotations']): Metadata {
  const { annotations: _, ...rest } = metadata;
  return annotations === undefined ? rest : { ...rest, annotations };
}

function withDisable(spec: PoolSpec, disable: FormerDisable): PoolSpec {
  if (disable === '-') return spec;
  const { disable: _, ...rest } = spec;
  return disable === 'absent' ? rest : { ...rest, disable: disable === 'true' };
}
