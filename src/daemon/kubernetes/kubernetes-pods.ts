import type { PodRef } from '../../ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import { isSamePod } from '../../ipam/reclaim/garbage.ts';
import { type PodObject, type PodState, stateOfPod } from '../../ipam/reclaim/pod-state.ts';
import { type ControllerReference, controllerOf } from '../../resources/controlled-by.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Labels } from '../../resources/label-selector.ts';
import type { Metadata, Resource, Stored } from '../../resources/resource.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import { type ReflectOptions, reflect } from '../../store/cache/reflector.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { namespaceType, nodeType, podType } from '../../store/kubernetes/core.ts';
import { KubernetesStore } from '../../store/kubernetes/kubernetes-store.ts';

/** What is kept of an object: a Pod's specification is large, and nobody asks for it here. */
type Sighting = Required<Pick<Metadata, 'uid'>> & {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly controller?: ControllerReference;
  /** Of a Pod; absent: it lives. */
  readonly end?: PodState;
};

/** Pods of this node, all namespaces and the node itself, as the API server shows them; asked live for what is not seen yet. */
export class KubernetesPods implements PodFactsSource {
  readonly #node: string;
  readonly #store: KubernetesStore;
  readonly #pods = new ObjectCache<Resource, Sighting>(sightingOf);
  readonly #namespaces = new ObjectCache<Resource, Sighting>(sightingOf);
  readonly #nodes = new ObjectCache<Resource, Sighting>(sightingOf);

  constructor(client: KubernetesClient, node: string) {
    this.#node = node;
    this.#store = new KubernetesStore({
      client,
      types: [
        { ...podType, fieldSelector: `spec.nodeName=${node}` },
        namespaceType,
        { ...nodeType, fieldSelector: `metadata.name=${node}` },
      ],
    });
  }

  /** @returns once everything was listed; `ended` resolves when following has stopped */
  async follow(options: ReflectOptions): Promise<{ readonly ended: Promise<unknown> }> {
    const following = await Promise.all([
      reflect(this.#store, 'Pod', this.#pods, options),
      reflect(this.#store, 'Namespace', this.#namespaces, options),
      reflect(this.#store, 'Node', this.#nodes, options),
    ]);
    return { ended: Promise.all(following.map(({ ended }) => ended)) };
  }

  async factsOf(pod: PodRef, node: string): Promise<PodFacts> {
    const [own, namespace, place] = await Promise.all([
      this.podOf(pod),
      this.namespaceOf(pod.namespace),
      this.nodeOf(node),
    ]);
    if (own === undefined) throw noPod(pod);
    if (namespace === undefined) throw new IpamError('not-found', `there is no Namespace "${pod.namespace}"`);
    if (place === undefined) throw new IpamError('not-found', `there is no Node "${node}"`);
    return { pod: own, namespace, node: place };
  }

  /** As the watch has shown it on this node. A Pod that was made a moment ago may be still to come. */
  seen(pod: PodRef): PodState | undefined {
    const seen = this.#pods.get(podKey(pod));
    return seen === undefined || !isSamePod(pod, seen) ? undefined : (seen.end ?? lives);
  }

  /** Asks the API server itself, which asks etcd. @throws IpamError store-unavailable, permission-denied */
  async look(pod: PodRef): Promise<PodState> {
    const live = await this.#live('Pod', pod.name, pod.namespace);
    return live === undefined || !isSamePod(pod, live) ? { kind: 'gone' } : (live.end ?? lives);
  }

  async podOf(pod: PodRef): Promise<Sighting | undefined> {
    const seen = this.#pods.get(podKey(pod));
    if (seen !== undefined && isSamePod(pod, seen)) return seen;
    const live = await this.#live('Pod', pod.name, pod.namespace);
    return live !== undefined && isSamePod(pod, live) ? live : undefined;
  }

  async namespaceOf(name: string): Promise<Sighting | undefined> {
    return this.#namespaces.get(name) ?? this.#live('Namespace', name);
  }

  async nodeOf(name: string): Promise<Sighting | undefined> {
    return (name === this.#node ? this.#nodes.get(name) : undefined) ?? this.#live('Node', name);
  }

  async #live(kind: string, name: string, namespace?: string): Promise<Sighting | undefined> {
    const object = await this.#store.get({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
    return object === undefined ? undefined : sightingOf(object);
  }
}

const lives: PodState = { kind: 'lives' };

/** As an object cache names it. */
function podKey({ namespace, name }: Pick<PodRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function sightingOf(object: Stored<Resource>): Sighting {
  const { metadata } = object;
  const { uid, labels = {}, annotations = {} } = metadata;
  const end = stateOfPod(object as PodObject);
  const owner = controllerOf(metadata);
  return {
    uid,
    labels,
    annotations,
    ...(owner === undefined ? {} : { controller: bareReference(owner) }),
    // Most live, and one is kept of each.
    ...(end.kind === 'lives' ? {} : { end }),
  };
}

/** Without what else a reference has: one is kept of each Pod. */
function bareReference({ apiVersion, kind, name, uid }: ControllerReference): ControllerReference {
  return { apiVersion, kind, name, uid };
}

function noPod({ namespace, name, uid }: PodRef): IpamError {
  return new IpamError('not-found', `there is no Pod ${namespace}/${name}${uid === '' ? '' : ` with uid ${uid}`}`, {
    advice:
      'it was deleted, or deleted and made again, while its network was being set up; the runtime gives up by itself',
  });
}
