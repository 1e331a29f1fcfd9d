import type { Metadata, Resource } from './resource.ts';

/**
 * What a migration between engines writes on objects. All of it is annotations, which every engine keeps.
 *
 * `berth.network/created`: when the first engine made the object; a store gives its own time to a copy.
 * `berth.network/migration`: the migration that made the copy.
 * `migration.berth.network/ID`, on pools: how far migration ID is with the pool, and what its `disable` was.
 */
export const createdAnnotation = 'berth.network/created';
export const migrationAnnotation = 'berth.network/migration';
const phasePrefix = 'migration.berth.network/';

/**
 * Of a source's pool: `moving` while it is copied, `moved` when the target has it all. Of a target's: `copying`,
 * then `copied`, when it may give out.
 */
export type MigrationPhase = 'moving' | 'moved' | 'copying' | 'copied';

/** `spec.disable` before the migration; `-`: the migration leaves it alone. */
export type FormerDisable = 'absent' | 'true' | 'false' | '-';

export interface PhaseMark {
  readonly id: string;
  readonly phase: MigrationPhase;
  readonly disable: FormerDisable;
}

export function phaseMarks({ annotations = {} }: Metadata): readonly PhaseMark[] {
  return Object.entries(annotations).flatMap(([key, value]) => {
    if (!key.startsWith(phasePrefix)) return [];
    const [, phase, disable] = /^(moving|moved|copying|copied) (absent|true|false|-)$/.exec(value) ?? [];
    if (phase === undefined) return [];
    return [{ id: key.slice(phasePrefix.length), phase: phase as MigrationPhase, disable: disable as FormerDisable }];
  });
}

export function phaseAnnotation({ id, phase, disable }: PhaseMark): Readonly<Record<string, string>> {
  return { [`${phasePrefix}${id}`]: `${phase} ${disable}` };
}

/** The annotations without those of any migration's phase; undefined when none is left. */
export function withoutPhases(annotations: Metadata['annotations'] = {}): Metadata['annotations'] {
  const rest = Object.entries(annotations).filter(([key]) => !key.startsWith(phasePrefix));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** The annotations without any that a migration wrote; undefined when none is left. */
export function unmarked(annotations: Metadata['annotations'] = {}): Metadata['annotations'] {
  const rest = Object.entries(annotations).filter(([key]) => !isMigrationMark(key));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** The annotations that a migration wrote. */
export function migrationMarks(annotations: Metadata['annotations'] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => isMigrationMark(key)));
}

/** Did a migration copy or import it? What it says was decided elsewhere. */
export function isMigrated({ metadata: { annotations } }: Resource): boolean {
  return annotations !== undefined && Object.keys(migrationMarks(annotations)).length > 0;
}

function isMigrationMark(key: string): boolean {
  return key === createdAnnotation || key === migrationAnnotation || key.startsWith(phasePrefix);
}

/** The migration that keeps a pool from giving out; undefined: none does. */
export function heldStillBy({ metadata }: Resource): PhaseMark | undefined {
  return phaseMarks(metadata).find(({ phase, disable }) => phase !== 'copied' && disable !== '-');
}

/** When the object was made first, in whichever engine: RFC 3339; undefined: nobody knows. */
export function originalCreationTime({ annotations, creationTimestamp }: Metadata): string | undefined {
  return annotations?.[createdAnnotation] ?? creationTimestamp;
}
