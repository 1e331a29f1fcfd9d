/** Why tests that make namespaces cannot run here; empty when they can. */
export const needsRoot: string = process.getuid?.() === 0 ? '' : 'needs root to make network namespaces';
