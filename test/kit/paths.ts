import { fileURLToPath } from 'node:url';

/** The checkout, and what `make build` left in it. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = fileURLToPath(new URL('../../bin', import.meta.url));
/** Where Debian keeps the reference plugins. */
export const referencePlugins = '/usr/lib/cni';
