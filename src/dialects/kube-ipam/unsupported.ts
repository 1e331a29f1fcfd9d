import type { Unsupported } from '../dialect.ts';
import { annotationNames } from './annotations.ts';

const served: ReadonlySet<string> = new Set(Object.values(annotationNames));

export const unsupported: Unsupported = {
  annotations: {
    matches: (name) => name.startsWith('kube-ipam.') && !served.has(name),
    reason: 'kube-ipam has no such annotation',
    advice: `it has ${[...served].join(', ')}`,
  },
  keys: { fixedsubnet: "kube-ipam's key of before 0.2: write ranges with fixedStart and fixedEnd" },
};
