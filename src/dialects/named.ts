/** Is a name one of these? */
export function isAmong(...names: readonly string[]): (name: string) => boolean {
  const set = new Set(names);
  return (name) => set.has(name);
}
