/** Some of a record that is shared, or may be: entries that follow one another. */
export interface RecordPart {
  readonly first: number;
  readonly last: number;
  /** Latest time in it, milliseconds since 1970. */
  readonly until: number;
  /** Its length, characters. */
  readonly bytes: number;
}

export interface SharingPlan<Part extends RecordPart> {
  /** What is to be written: it is not there, or has grown. */
  readonly write: readonly Part[];
  /** First numbers of what is there and has no room any more. */
  readonly remove: readonly number[];
  /** What is there then, the earliest first. */
  readonly kept: readonly Part[];
}

/**
 * Which parts of a record are shared: the latest that have room together, and of the latest in any case as much as there is.
 * @param parts of the record, the earliest first
 * @param shared up to which number each part is there, by its first
 */
export function sharingPlan<Part extends RecordPart>(
  parts: readonly Part[],
  shared: ReadonlyMap<number, number>,
  room: number,
): SharingPlan<Part> {
  let left = room;
  let from = parts.length;
  while (from > 0) {
    left -= parts[from - 1]?.bytes ?? 0;
    if (left < 0 && from < parts.length) break;
    from -= 1;
  }
  const kept = parts.slice(from);
  const firsts = new Set(kept.map(({ first }) => first));
  return {
    write: kept.filter(({ first, last }) => shared.get(first) !== last),
    remove: [...shared.keys()].filter((first) => !firsts.has(first)),
    kept,
  };
}
