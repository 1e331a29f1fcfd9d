import { randomBytes } from 'node:crypto';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { servedKind } from '../cluster/served-kind.ts';

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly version: string;
  /** Names for so many Pods more than there are. */
  readonly names: (set: string, taken: ReadonlySet<string>, count: number) => readonly string[];
}

const group = 'apps.kruise.io';

const kinds: readonly Kind[] = [
  {
    kind: 'CloneSet',
    plural: 'clonesets',
    version: 'v1alpha1',
    names: (set, _, count) => Array.from({ length: count }, () => `${set}-${randomBytes(3).toString('hex')}`),
  },
  {
    kind: 'StatefulSet',
    plural: 'statefulsets',
    version: 'v1beta1',
    names: (set, taken, count) =>
      Array.from({ length: taken.size + count }, (_, ordinal) => `${set}-${ordinal}`).filter(
        (name) => !taken.has(name),
      ),
  },
];

/** As OpenKruise brings them, as far as kubectl and a controller need them: OpenKruise is not in Debian 12. */
export const kruiseDefinitions = kinds.map(({ kind, plural, version }) =>
  servedKind({ apiVersion: `${group}/${version}`, kind, plural }),
);

interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly { readonly apiVersion: string; readonly kind: string; readonly uid: string }[];
}

interface PodSet {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly metadata: object; readonly spec: object };
  };
}

/** A controller that nobody here knows: it makes as many Pods as a set says, and deletes what is too many. */
export class Kruise {
  readonly #controlPlane: ControlPlane;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  async round(): Promise<void> {
    const pods = await this.#list<{ readonly metadata: ObjectMeta }>('/api/v1/pods');
    for (const kind of kinds) {
      const apiVersion = `${group}/${kind.version}`;
      const sets = await this.#list<PodSet>(`/apis/${apiVersion}/${kind.plural}`);
      const owned = pods.flatMap(({ metadata }) => {
        const owner = metadata.ownerReferences?.find((one) => one.apiVersion === apiVersion && one.kind === kind.kind);
        return owner === undefined ? [] : [{ metadata, owner: owner.uid }];
      });
      for (const set of sets) {
        const own = owned.filter(({ owner }) => owner === set.metadata.uid).map(({ metadata }) => metadata);
        const there = own.filter(({ deletionTimestamp }) => deletionTimestamp === undefined);
        // A name is free when the Pod that had it is gone.
        const taken = new Set(own.map(({ name }) => name));
        const missing = Math.max(0, set.spec.replicas - own.length);
        for (const name of kind.names(set.metadata.name, taken, missing)) await this.#make(set, kind, name);
        for (const metadata of there.slice(set.spec.replicas)) await this.#delete(metadata);
      }
      const known = new Set(sets.map(({ metadata }) => metadata.uid));
      for (const { metadata, owner } of owned) if (!known.has(owner)) await this.#delete(metadata);
    }
  }

  async #make({ metadata: set, spec: { template } }: PodSet, { kind, version }: Kind, name: string): Promise<void> {
    const owner = { apiVersion: `${group}/${version}`, kind, name: set.name, uid: set.uid };
    const ownerReferences = [{ ...owner, controller: true, blockOwnerDeletion: true }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name, ownerReferences },
      spec: template.spec,
    };
    const { status, text } = await this.#controlPlane.request('POST', `/api/v1/namespaces/${set.namespace}/pods`, pod);
    if (status !== 201) throw new Error(`no Pod ${name} of ${kind} ${set.namespace}/${set.name}: ${text}`);
  }

  async #delete({ name, namespace }: ObjectMeta): Promise<void> {
    const { status, text } = await this.#controlPlane.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`);
    if (status !== 200 && status !== 404) throw new Error(`Pod ${namespace}/${name} stays: ${text}`);
  }

  async #list<T>(path: string): Promise<readonly T[]> {
    return (await this.#controlPlane.get<{ readonly items: readonly T[] }>(path))?.items ?? [];
  }
}
