import { isDeepStrictEqual } from 'node:util';
import { type CiliumNode, readCiliumNode } from '../cilium-node.ts';
import type { NodePatch } from '../node-changes.ts';

type Tree = { [key: string]: Tree | unknown };

/** A CiliumNode as an API server keeps it: with a version, and both forms of patches. */
export class NodeObject {
  readonly name: string;
  version = 1;
  tree: Tree = { spec: { ipam: {} }, status: {} };

  constructor(name: string, podCIDRs: readonly string[]) {
    this.name = name;
    this.tree = { spec: { ipam: { podCIDRs } }, status: { ipam: {} } };
  }

  read(): CiliumNode {
    const metadata = { name: this.name, uid: this.name, resourceVersion: String(this.version), creationTimestamp: '' };
    return readCiliumNode({ apiVersion: '', kind: 'CiliumNode', metadata, ...structuredClone(this.tree) } as never);
  }

  at(...path: readonly string[]): Readonly<Record<string, never>> {
    return (path.reduce<unknown>((inner, step) => (inner as Tree | undefined)?.[step], this.tree) ?? {}) as never;
  }

  /** @returns false: it has changed since */
  patch({ type, body }: NodePatch): boolean {
    const next = structuredClone(this.tree);
    const isDone = type === 'json' ? operate(next, body as never) : this.#merge(next, body as Tree);
    if (isDone) this.write(next);
    return isDone;
  }

  write(next: Tree): void {
    this.tree = next;
    this.version += 1;
  }

  #merge(next: Tree, { metadata, ...body }: Tree): boolean {
    const { resourceVersion } = (metadata ?? {}) as { resourceVersion?: string };
    if (resourceVersion !== undefined && resourceVersion !== String(this.version)) return false;
    merge(next, body);
    return true;
  }
}

function operate(tree: Tree, operations: readonly { op: string; path: string; value?: unknown }[]): boolean {
  for (const { op, path, value } of operations) {
    const steps = path.slice(1).split('/');
    const last = steps.pop() ?? '';
    const parent = steps.reduce<unknown>((inner, step) => (inner as Tree | undefined)?.[step], tree) as
      | Tree
      | undefined;
    if (parent === undefined) return false;
    if (op === 'test' && !isDeepStrictEqual(parent[last] ?? null, value)) return false;
    if (op === 'add') parent[last] = value;
    if (op === 'remove') delete parent[last];
  }
  return true;
}

function merge(into: Tree, from: Tree): void {
  for (const [key, value] of Object.entries(from)) {
    if (value === null) delete into[key];
    else if (typeof value !== 'object' || Array.isArray(value)) into[key] = value;
    else {
      into[key] ??= {};
      merge(into[key] as Tree, value as Tree);
    }
  }
}
