import { type CiliumNode, readCiliumNode } from '../cilium-node.ts';
import type { NodeChange } from '../node-changes.ts';

interface Parts {
  readonly podCIDRs?: readonly string[];
  readonly pool?: Readonly<Record<string, object>>;
  readonly used?: Readonly<Record<string, object>>;
  readonly releases?: Readonly<Record<string, string>>;
}

/** A CiliumNode as an API server would show it. */
export function nodeOf(name: string, { podCIDRs, pool, used, releases }: Parts = {}): CiliumNode {
  const ipam = { ...(pool === undefined ? {} : { pool }), ...(podCIDRs === undefined ? {} : { podCIDRs }) };
  const status = { ...(used === undefined ? {} : { used }), ...(releases && { 'release-ips': releases }) };
  return readCiliumNode({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name, uid: name, resourceVersion: '7', creationTimestamp: '' },
    spec: { ipam },
    status: { ipam: status },
  });
}

/** Changes in one line each: `a 10.0.0.1 -> default/web-0`, `a 10.0.0.1 gone`, `a 10.0.0.1 released`. */
export function told(changes: readonly NodeChange[]): readonly string[] {
  return changes.map((change) => {
    if (change.of === 'podCIDRs') return `${change.node.name} has ${change.to.join(',')}`;
    const at = `${change.node.name} ${change.address}`;
    if (change.of === 'release') return `${at} ${change.to ?? 'not asked'}`;
    return change.to === undefined ? `${at} gone` : `${at} -> ${change.to.owner === '' ? 'anybody' : change.to.owner}`;
  });
}
