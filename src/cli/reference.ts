/** A resource as `-o name` shows it, and as `get` and `delete` take it. */
export function reference(kind: string, name: string): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** @returns the kind, and a name where the word has one */
export function splitReference(word: string): readonly [kind: string, name?: string] {
  const slash = word.indexOf('/');
  return slash < 0 ? [word] : [word.slice(0, slash), word.slice(slash + 1)];
}
