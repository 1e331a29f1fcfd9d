import { type CiliumNode, readCiliumNode } from '../../cilium/cilium-node.ts';
import type { Places } from '../../cilium/pod-plan.ts';
import { withdrawnFrom } from '../../cilium/withdrawal.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { ObjectCache, whole } from '../../store/cache/object-cache.ts';
import { type Reflection, reflect } from '../../store/cache/reflector.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { type SelectedPod, selectedPod } from './fixed-pods.ts';

/** What may look different now; `pod` and `endpoint` are `namespace/name`. */
export type CiliumChange =
  | { readonly of: 'node'; readonly node: string }
  | { readonly of: 'pod'; readonly pod: string }
  | { readonly of: 'endpoint'; readonly pod: string }
  /** Something that makes Pods is gone. */
  | { readonly of: 'owner'; readonly resource: string };

export interface CiliumStateOptions {
  /** Of CiliumNode, CiliumEndpoint, StatefulSet, and of those Pods that are selected. */
  readonly store: Store;
  readonly excluded: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
}

/** What the controller knows of a Cilium cluster: a moment behind, but for what it wrote itself. */
export class CiliumState implements Places {
  readonly #options: CiliumStateOptions;
  readonly #listeners = new Set<(change: CiliumChange) => void>();
  readonly #inPool = new Map<string, Set<string>>();
  readonly #inUse = new Map<string, Set<string>>();

  readonly #nodes = new ObjectCache<Resource, CiliumNode>(readCiliumNode, {
    onChange: (before, after) => this.#seeNode(before, after),
  });
  readonly #pods = new ObjectCache<Resource, { readonly key: string; readonly pod: SelectedPod | undefined }>(
    (object) => ({
      key: `${object.metadata.namespace}/${object.metadata.name}`,
      pod: selectedPod(object, this.#options.excluded),
    }),
    { onChange: (before, after) => this.#tell({ of: 'pod', pod: (after ?? before)?.key ?? '' }) },
  );
  readonly #podsByNode = this.#pods.indexBy(({ pod }) => pod?.nodeName || undefined);
  readonly #endpoints = new ObjectCache<Resource>(whole, {
    onChange: (before, after) => {
      const { namespace, name } = (after ?? before)?.metadata ?? { name: '' };
      this.#tell({ of: 'endpoint', pod: `${namespace}/${name}` });
    },
  });
  readonly #owners = new ObjectCache<Resource, string>(
    ({ kind, metadata }) => `${metadata.namespace}/${kind}/${metadata.name}`,
    {
      onChange: (before, after) => {
        if (after === undefined && before !== undefined) this.#tell({ of: 'owner', resource: before });
      },
    },
  );

  constructor(options: CiliumStateOptions) {
    this.#options = options;
  }

  /** Follows every kind until the signal aborts. @returns once all have been listed */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#follow('CiliumNode', newerOnly(this.#nodes), signal),
      this.#follow('Pod', this.#pods, signal),
      this.#follow('CiliumEndpoint', this.#endpoints, signal),
      this.#follow('StatefulSet', this.#owners, signal),
    ]);
  }

  /** Has every kind been listed? */
  get ready(): boolean {
    return [this.#nodes, this.#pods, this.#endpoints, this.#owners].every(({ isListed }) => isListed);
  }

  /** @returns what ends the listening */
  onChange(listener: (change: CiliumChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  nodes(): Iterable<CiliumNode> {
    return this.#nodes.values();
  }

  node(name: string): CiliumNode | undefined {
    return this.#nodes.get(name);
  }

  /** What a write was answered with. */
  wrote(node: Stored<Resource>): void {
    newerOnly(this.#nodes).put(node);
  }

  *pods(): Iterable<SelectedPod> {
    for (const { pod } of this.#pods.values()) if (pod !== undefined) yield pod;
  }

  /** Is there a Pod of this name, whether or not its address stays? */
  hasPod(key: string): boolean {
    return this.#pods.get(key) !== undefined;
  }

  pod(key: string): SelectedPod | undefined {
    return this.#pods.get(key)?.pod;
  }

  endpoint(pod: string): Stored<Resource> | undefined {
    return this.#endpoints.get(pod);
  }

  withEntry(address: string): readonly CiliumNode[] {
    return this.#named(this.#inPool.get(address));
  }

  using(address: string): readonly CiliumNode[] {
    return this.#named(this.#inUse.get(address));
  }

  async #follow<R extends Resource>(kind: string, reflection: Reflection<R>, signal: AbortSignal): Promise<void> {
    const { store, log, clock } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    await reflect<R>(store, kind, reflection, { log, signal, pause, retryFirstList: true });
  }

  #named(names: ReadonlySet<string> = new Set()): readonly CiliumNode[] {
    return [...names].flatMap((name) => this.#nodes.get(name) ?? []);
  }

  #seeNode(before: CiliumNode | undefined, after: CiliumNode | undefined): void {
    const name = (after ?? before)?.name ?? '';
    follow(this.#inPool, name, before?.pool, after?.pool);
    follow(this.#inUse, name, before?.used, after?.used);
    this.#tell({ of: 'node', node: name });
    for (const pod of concerned(before, after)) this.#tell({ of: 'pod', pod });
    if (before === undefined || after === undefined) {
      for (const { key } of this.#podsByNode.of(name).values()) this.#tell({ of: 'pod', pod: key });
    }
  }

  #tell(change: CiliumChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Pods whose addresses may be elsewhere, or free to move, now. */
function concerned(before: CiliumNode | undefined, after: CiliumNode | undefined): ReadonlySet<string> {
  const pods = new Set<string>();
  for (const address of new Set([...(before?.pool.keys() ?? []), ...(after?.pool.keys() ?? [])])) {
    const [was, is] = [before, after].map((node) => node?.pool.get(address)?.owner ?? '');
    if (was === is && stateOf(before, address) === stateOf(after, address)) continue;
    for (const owner of [was, is]) if (owner) pods.add(withdrawnFrom(owner) ?? owner);
  }
  pods.delete('');
  return pods;
}

function stateOf(node: CiliumNode | undefined, address: string): string {
  return `${node?.used.has(address)} ${node?.releases.get(address)}`;
}

function follow(
  index: Map<string, Set<string>>,
  node: string,
  before: ReadonlyMap<string, unknown> = new Map(),
  after: ReadonlyMap<string, unknown> = new Map(),
): void {
  for (const address of before.keys()) {
    if (after.has(address)) continue;
    const names = index.get(address);
    names?.delete(node);
    if (names?.size === 0) index.delete(address);
  }
  for (const address of after.keys()) {
    if (before.has(address)) continue;
    index.set(address, (index.get(address) ?? new Set()).add(node));
  }
}

/** A watch may show what was before a write whose answer is known already. Versions of an API server count up. */
function newerOnly(cache: ObjectCache<Resource, CiliumNode>): Reflection<Resource> {
  return {
    replace: (resources) => cache.replace(resources),
    remove: (resource) => void cache.remove(resource),
    put: (resource) => {
      const known = cache.get(resource.metadata.name);
      if (known === undefined || isLater(resource.metadata.resourceVersion, known.version)) cache.put(resource);
    },
  };
}

function isLater(version: string, known: string): boolean {
  return version.length === known.length ? version > known : version.length > known.length;
}
