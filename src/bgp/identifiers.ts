/**
 * Names that any routing daemon takes as they are: letters, digits and `_`, a letter first, at most 60 characters, none twice.
 * @returns by the name as people write it
 */
export function identifiersOf(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const found = new Map<string, string>();
  for (const name of names) {
    if (found.has(name)) continue;
    const plain = name.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 50);
    const stem = /^[A-Za-z]/.test(plain) ? plain : `peer_${plain}`;
    let identifier = stem;
    for (let more = 2; taken.has(identifier.toLowerCase()); more += 1) identifier = `${stem}_${more}`;
    taken.add(identifier.toLowerCase());
    found.set(name, identifier);
  }
  return found;
}
