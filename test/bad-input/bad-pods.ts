import { badAnnotations } from './bad-annotations.ts';
import { badIdentities } from './bad-identities.ts';
import { badNetworks } from './bad-networks.ts';
import type { BadPod } from './bad-pod.ts';
import { badQuotas } from './bad-quotas.ts';

/** By the headings that they have in docs/refused-pods.md. */
export const badPods: Readonly<Record<string, readonly BadPod[]>> = {
  Annotations: badAnnotations,
  Identities: badIdentities,
  Quotas: badQuotas,
  "kube-ipam's files": badNetworks,
};

/** What is there when each of them is tried. */
export const presentPools = `\
apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata: {name: blue}
spec: {subnet: 10.6.0.0/24, ips: [10.6.0.10-10.6.0.99], gateway: 10.6.0.1, default: true}
---
apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata: {name: few}
spec: {subnet: 10.7.0.0/24, namespaceQuota: 0}
---
apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata: {name: blocks}
spec: {subnet: 10.9.0.0/16, blockSize: 24}
---
apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderReservedIP
metadata: {name: printers}
spec: {ipVersion: 4, ips: [10.6.0.90]}
`;
