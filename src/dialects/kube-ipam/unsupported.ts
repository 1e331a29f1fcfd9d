import type { Unsupported } from '../dialect.ts';
import { annotationNames } from '../spiderpool/annotations.ts';

export const unsupported: Unsupported = {
  annotations: {
    matches: (name) => name.startsWith('kube-ipam.'),
    reason: "kube-ipam's fixed addresses come with a later version",
    advice: `remove the annotation, or make a SpiderIPPool of that one address and name it in ${annotationNames.ippool}`,
  },
  keys: { fixedsubnet: "kube-ipam's key: name pools" },
};
