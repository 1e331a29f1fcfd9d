import type { Unsupported } from '../dialect.ts';

export const unsupported: Unsupported = { keys: { ippools: "Antrea's key: write pools" } };
