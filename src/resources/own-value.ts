/**
 * What an object has under a key that its author did not choose: a label, an annotation, the kind of somebody's object.
 * A plain look-up finds `constructor` and `toString` in every object.
 */
export function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
