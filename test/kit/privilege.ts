/** Why tests that make namespaces cannot run here; empty when they can. */
export const needsRoot: string = process.getuid?.() === 0 ? '' : 'needs root to make network namespaces';

/** The name of a group of tests that needs root: where it is skipped, nothing else says why. */
export function asRoot(name: string): string {
  return needsRoot === '' ? name : `${name} (skipped: ${needsRoot})`;
}
