import { type KeptPod, keptText, parseKept } from '../../cilium/kept-pod.ts';
import { collectionPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { type RecordClient, RecordMap } from './record-map.ts';
import { configMapType } from './types.ts';

const label = 'berth.network/cilium-ipam';
const kept = 'kept';
const prefix = 'cilium-ipam-kept.';

export interface KeptRecordsOptions {
  readonly client: RecordClient & Pick<KubernetesClient, 'list'>;
  /** The controller's own. */
  readonly namespace: string;
}

/**
 * For which Pods which addresses are kept: a ConfigMap for each namespace of Pods, a line for each Pod. Pools say where an
 * address is; they go with their nodes, and this stays.
 */
export class KeptRecords {
  readonly #options: KeptRecordsOptions;
  readonly #maps = new Map<string, RecordMap>();
  readonly #byPod = new Map<string, KeptPod>();
  readonly #byAddress = new Map<string, KeptPod>();

  constructor(options: KeptRecordsOptions) {
    this.#options = options;
  }

  /** Reads all there are, anew. */
  async load(): Promise<void> {
    const { client, namespace } = this.#options;
    const path = collectionPath(configMapType, namespace);
    const { items } = await client.list<{ readonly metadata: { readonly name: string } }>(path, {
      labelSelector: `${label}=${kept}`,
    });
    for (const { metadata } of items) {
      if (metadata.name.startsWith(prefix)) await this.#mapOf(metadata.name.slice(prefix.length)).load();
    }
    for (const of of this.#maps.keys()) this.#read(of);
  }

  all(): IterableIterator<KeptPod> {
    return this.#byPod.values();
  }

  /** @param pod `namespace/name` */
  of(pod: string): KeptPod | undefined {
    return this.#byPod.get(pod);
  }

  for(address: string): KeptPod | undefined {
    return this.#byAddress.get(address);
  }

  /** @throws IpamError conflict: another controller wrote meanwhile, and what it wrote is known by now */
  async put(record: KeptPod): Promise<void> {
    await this.#write(record.pod, keptText(record));
  }

  /** @throws IpamError conflict */
  async delete(pod: string): Promise<void> {
    await this.#write(pod, undefined);
  }

  async #write(pod: string, line: string | undefined): Promise<void> {
    const [namespace = '', name = ''] = pod.split('/');
    try {
      await this.#mapOf(namespace).write({ [name]: line });
    } finally {
      this.#read(namespace);
    }
  }

  #mapOf(of: string): RecordMap {
    const { client, namespace } = this.#options;
    const map =
      this.#maps.get(of) ?? new RecordMap({ client, namespace, name: `${prefix}${of}`, labels: { [label]: kept } });
    this.#maps.set(of, map);
    return map;
  }

  #read(namespace: string): void {
    for (const { pod, addresses } of [...this.#byPod.values()]) {
      if (!pod.startsWith(`${namespace}/`)) continue;
      this.#byPod.delete(pod);
      for (const address of addresses) this.#byAddress.delete(address);
    }
    for (const [name, line] of this.#maps.get(namespace)?.lines ?? []) {
      const record = parseKept(namespace, name, line);
      if (record === undefined) continue;
      this.#byPod.set(record.pod, record);
      for (const address of record.addresses) this.#byAddress.set(address, record);
    }
  }
}
