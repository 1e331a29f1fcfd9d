import { setTimeout as pause } from 'node:timers/promises';
import { ModelAgent, type SeenNode } from '../../src/cilium/testing/agent.ts';
import { ciliumNodeType } from '../../src/controller/cilium/types.ts';
import type { Family } from '../../src/ip/address.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { collectionPath, objectPath } from '../../src/store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../src/store/kubernetes/client.ts';

interface NodeObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec?: { readonly ipam?: { readonly pool?: SeenNode['pool'] } };
  readonly status?: { readonly ipam?: { readonly 'release-ips'?: SeenNode['releases'] } };
}

export interface CiliumAgentOptions {
  readonly client: KubernetesClient;
  readonly node: string;
  /** Between two of its statuses; Cilium's agent leaves 15 s. */
  readonly statusMs: number;
}

/**
 * Not Cilium's agent, which cannot run here, but one that does what it does with its CiliumNode, behind a real API server: it
 * watches the object, answers questions about releases, and writes a status no more often than its interval.
 */
export class CiliumAgent {
  readonly node: string;
  readonly model = new ModelAgent();
  readonly #options: CiliumAgentOptions;
  readonly #end = new AbortController();
  #seen: NodeObject | undefined;
  #isDirty = true;

  constructor(options: CiliumAgentOptions) {
    this.#options = options;
    this.node = options.node;
  }

  /** Makes its CiliumNode, as an agent does that comes to a cluster, and follows it. */
  async start(): Promise<void> {
    const { client } = this.#options;
    const { apiVersion, kind } = ciliumNodeType;
    const made = { apiVersion, kind, metadata: { name: this.node }, spec: {} };
    this.#see(await client.create<NodeObject>(collectionPath(ciliumNodeType), made));
    void this.#follow();
    void this.#report();
  }

  /** Silent from now on, as one whose machine is lost. */
  stop(): void {
    this.#end.abort();
  }

  /** What its pool says of an address, as it knows it. */
  entry(address: string): { readonly owner?: string } | undefined {
    return this.#seen?.spec?.ipam?.pool?.[address];
  }

  /** Entries with this Pod's name. */
  marksOf(pod: string): readonly string[] {
    return Object.entries(this.#seen?.spec?.ipam?.pool ?? {}).flatMap(([address, { owner }]) =>
      owner === pod ? address : [],
    );
  }

  add(pod: string, family: Family): string | undefined {
    this.#isDirty = true;
    return this.model.add(pod, family);
  }

  delete(pod: string): void {
    this.#isDirty = true;
    this.model.delete(pod);
  }

  async #follow(): Promise<void> {
    const { client } = this.#options;
    const signal = this.#end.signal;
    const selection = { fieldSelector: `metadata.name=${this.node}` };
    const from = this.#seen?.metadata.resourceVersion ?? '';
    for await (const event of client.watch<NodeObject>(collectionPath(ciliumNodeType), from, signal, selection)) {
      if (event.type === 'deleted') return this.stop();
      if (event.type !== 'bookmark') this.#see(event.object);
    }
  }

  #see(node: NodeObject): void {
    this.#seen = node;
    this.model.see({ pool: node.spec?.ipam?.pool ?? {}, releases: node.status?.ipam?.['release-ips'] ?? {} });
    if (this.model.hasAnswers) this.#isDirty = true;
  }

  async #report(): Promise<void> {
    const { client, statusMs } = this.#options;
    const signal = this.#end.signal;
    while (!signal.aborted) {
      if (this.#isDirty && this.#seen !== undefined) {
        this.#isDirty = false;
        const { used, releases } = this.model.status();
        const next = { ...this.#seen, status: { ipam: { used, 'release-ips': releases } } };
        const path = `${objectPath(ciliumNodeType, { name: this.node })}/status`;
        try {
          await client.replace(path, next);
        } catch (error) {
          if (!isIpamError(error, 'conflict') && !isIpamError(error, 'not-found')) throw error;
          this.#isDirty = true;
        }
      }
      await pause(statusMs, undefined, { signal }).catch(() => {});
    }
  }
}
