import { type BadManifest, spiderpool } from './bad-manifest.ts';
import { badPools } from './bad-pools.ts';
import { badRelations } from './bad-relations.ts';
import { badTexts } from './bad-texts.ts';

/** What is there when each of them is tried. */
export const presentManifests = `\
${spiderpool}
kind: SpiderSubnet
metadata: {name: office}
spec: {subnet: 10.8.0.0/16, ips: [10.8.1.0-10.8.1.255]}
---
${spiderpool}
kind: SpiderIPPool
metadata: {name: blue}
spec: {subnet: 10.6.0.0/24, ips: [10.6.0.10-10.6.0.99], gateway: 10.6.0.1}
---
${spiderpool}
kind: SpiderIPPool
metadata: {name: desks}
spec: {subnet: 10.8.0.0/16, ips: [10.8.1.10-10.8.1.20]}
---
${spiderpool}
kind: SpiderIPPool
metadata: {name: blocks}
spec: {subnet: 10.9.0.0/16, blockSize: 24}
---
${spiderpool}
kind: SpiderReservedIP
metadata: {name: printers}
spec: {ipVersion: 4, ips: [10.6.0.90]}
`;

/** Addresses of pool \`blue\` that Pods hold. */
export const heldAddresses: readonly string[] = ['10.6.0.10', '10.6.0.42'];

export const badManifests: readonly BadManifest[] = [...badTexts, ...badPools, ...badRelations];
