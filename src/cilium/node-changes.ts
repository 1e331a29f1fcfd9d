import type { CiliumNode, PoolEntry, ReleaseState } from './cilium-node.ts';

/** One entry of a CiliumNode that is to be another. */
export type NodeChange =
  /** @param to undefined: it goes */
  | { readonly of: 'entry'; readonly node: CiliumNode; readonly address: string; readonly to: PoolEntry | undefined }
  | {
      readonly of: 'release';
      readonly node: CiliumNode;
      readonly address: string;
      readonly to: ReleaseState | undefined;
    }
  | { readonly of: 'podCIDRs'; readonly node: CiliumNode; readonly to: readonly string[] };

/** A write to an API server that changes single entries, and none that somebody else has changed since it was seen. */
export interface NodePatch {
  readonly node: string;
  readonly subresource: '' | 'status';
  readonly type: 'json' | 'merge';
  readonly body: unknown;
}

/**
 * The writes that changes come to: for each node at most one of its specification and one of its status, in this order. An
 * agent that writes its status meanwhile hinders neither, and is not hindered.
 */
export function patchesOf(changes: readonly NodeChange[]): readonly NodePatch[] {
  const nodes = new Map(changes.map(({ node }) => [node.name, node]));
  return [...nodes.values()].flatMap((node) => {
    const own = changes.filter((change) => change.node.name === node.name);
    return [specPatch(node, own), statusPatch(node, own)].filter((patch) => patch !== undefined);
  });
}

function specPatch(node: CiliumNode, changes: readonly NodeChange[]): NodePatch | undefined {
  const entries = changes.filter((change) => change.of === 'entry');
  const cidrs = changes.find((change) => change.of === 'podCIDRs');
  if (entries.length === 0 && cidrs === undefined) return undefined;
  const { pool, podCIDRs } = node.raw;
  const at = { node: node.name, subresource: '' } as const;
  if (pool === undefined || (cidrs !== undefined && podCIDRs === undefined)) {
    const ipam = {
      ...(cidrs === undefined ? {} : { podCIDRs: cidrs.to }),
      ...(entries.length === 0
        ? {}
        : {
            pool: Object.fromEntries(entries.map(({ address, to }) => [address, to === undefined ? null : asText(to)])),
          }),
    };
    return { ...at, type: 'merge', body: merged(node, { spec: { ipam } }) };
  }
  const operations = [
    ...(cidrs === undefined ? [] : operationsAt('/spec/ipam/podCIDRs', podCIDRs, cidrs.to)),
    ...entries.flatMap(({ address, to }) =>
      operationsAt(`/spec/ipam/pool/${pointer(address)}`, pool[address], to === undefined ? undefined : asText(to)),
    ),
  ];
  return { ...at, type: 'json', body: operations };
}

function statusPatch(node: CiliumNode, changes: readonly NodeChange[]): NodePatch | undefined {
  const releases = changes.filter((change) => change.of === 'release');
  if (releases.length === 0) return undefined;
  const at = { node: node.name, subresource: 'status' } as const;
  const present = node.raw.releases;
  if (present === undefined) {
    const states = Object.fromEntries(releases.map(({ address, to }) => [address, to ?? null]));
    return { ...at, type: 'merge', body: { status: { ipam: { 'release-ips': states } } } };
  }
  const body = releases.flatMap(({ address, to }) =>
    operationsAt(`/status/ipam/release-ips/${pointer(address)}`, present[address], to),
  );
  return { ...at, type: 'json', body };
}

/** Where the object to put something in is missing no single entry can be named: then the version is. */
function merged(node: CiliumNode, body: object): object {
  return { metadata: { resourceVersion: node.version }, ...body };
}

/** An API server takes `null` for what is not there. */
function operationsAt(path: string, seen: unknown, to: unknown): readonly object[] {
  const test = { op: 'test', path, value: seen ?? null };
  if (to !== undefined) return [test, { op: 'add', path, value: to }];
  return seen === undefined ? [] : [test, { op: 'remove', path }];
}

/** Without what is empty, as Cilium writes it. */
function asText({ owner, resource }: PoolEntry): object {
  return { ...(owner === '' ? {} : { owner }), ...(resource === '' ? {} : { resource }) };
}

function pointer(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1');
}
