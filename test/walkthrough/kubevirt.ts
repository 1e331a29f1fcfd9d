import { randomBytes } from 'node:crypto';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { hasCondition, type Pod } from '../cluster/pod.ts';
import { servedKind } from '../cluster/served-kind.ts';

const apiVersion = 'kubevirt.io/v1';
const machines = { kind: 'VirtualMachine', plural: 'virtualmachines', shortNames: ['vm'] };
const instances = { kind: 'VirtualMachineInstance', plural: 'virtualmachineinstances', shortNames: ['vmi'] };
const migrations = {
  kind: 'VirtualMachineInstanceMigration',
  plural: 'virtualmachineinstancemigrations',
  shortNames: ['vmim'],
};
const columns = [{ name: 'Phase', type: 'string', jsonPath: '.status.phase' }];

/** As KubeVirt brings them, as far as kubectl and a controller need them: KubeVirt is not in Debian 12. */
export const kubevirtDefinitions = [machines, instances, migrations].map((names) =>
  servedKind({ apiVersion, columns, ...names }),
);

interface Described {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}

interface Machine extends Described {
  readonly spec: { readonly runStrategy: 'Always' | 'Halted'; readonly template: { readonly metadata: object } };
}

interface Migration extends Described {
  readonly spec: { readonly vmiName: string };
  readonly status?: { readonly phase: string };
}

type Launcher = Described & Pod;

/**
 * What KubeVirt does with its objects, without a hypervisor: an instance for each machine that is to run, a Pod for each instance, and
 * for each migration another Pod on another node, after which the first one goes.
 */
export class KubeVirt {
  readonly #controlPlane: ControlPlane;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  async round(): Promise<void> {
    const [vms, vmis, vmims] = await Promise.all([
      this.#list<Machine>(machines.plural),
      this.#list<Described>(instances.plural),
      this.#list<Migration>(migrations.plural),
    ]);
    const pods = await this.#pods();
    for (const vm of vms) await this.#run(vm, vmis);
    for (const vmi of vmis) {
      const own = pods.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === vmi.metadata.uid));
      const moves = vmims.filter(({ spec, status }) => spec.vmiName === vmi.metadata.name && status === undefined);
      if (own.length === 0) await this.#launch(vmi);
      else for (const move of moves) await this.#move(vmi, move, own);
    }
    const known = new Set(vmis.map(({ metadata }) => metadata.uid));
    for (const { metadata } of pods)
      if (!metadata.ownerReferences?.some(({ uid }) => known.has(uid))) await this.#delete(podsPath, metadata);
  }

  /** Starts a machine that is to run, and stops one that is not, or is there no more. */
  async #run({ metadata, spec }: Machine, vmis: readonly Described[]): Promise<void> {
    const vmi = vmis.find(
      ({ metadata: { name, namespace } }) => name === metadata.name && namespace === metadata.namespace,
    );
    if (spec.runStrategy === 'Halted' && vmi !== undefined) await this.#delete(pathOf(instances.plural), vmi.metadata);
    if (spec.runStrategy === 'Halted' || vmi !== undefined) return;
    const { name, namespace, uid } = metadata;
    const owner = { apiVersion, kind: machines.kind, name, uid, controller: true };
    await this.#create(pathOf(instances.plural), namespace, {
      apiVersion,
      kind: instances.kind,
      metadata: { ...spec.template.metadata, name, ownerReferences: [owner] },
    });
  }

  async #launch({ metadata }: Described, more: Readonly<Record<string, string>> = {}, not?: string): Promise<void> {
    const { name, namespace, uid, annotations = {} } = metadata;
    const owner = { apiVersion, kind: instances.kind, name, uid, controller: true };
    const elsewhere = [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [not ?? ''] }];
    const required = { nodeSelectorTerms: [{ matchExpressions: elsewhere }] };
    await this.#create(podsPath, namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `virt-launcher-${name}-${randomBytes(3).toString('hex')}`,
        labels: { 'kubevirt.io': 'virt-launcher', 'kubevirt.io/created-by': uid, 'vm.kubevirt.io/name': name, ...more },
        annotations,
        ownerReferences: [owner],
      },
      spec: {
        ...(not === undefined
          ? {}
          : { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }),
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'compute', image: 'busybox:1.36', command: ['sleep', 'infinity'] }],
      },
    });
  }

  /** The target is made; when it is ready, the source goes. */
  async #move(vmi: Described, move: Migration, own: readonly Launcher[]): Promise<void> {
    const label = 'kubevirt.io/migrationJobUID';
    const target = own.find(({ metadata }) => metadata.labels?.[label] === move.metadata.uid);
    const source = own.find((pod) => pod !== target && pod.metadata.deletionTimestamp === undefined);
    if (target === undefined) {
      await this.#launch(vmi, { [label]: move.metadata.uid }, source?.spec.nodeName ?? '');
    } else if (hasCondition(target, 'Ready')) {
      if (source !== undefined) await this.#delete(podsPath, source.metadata);
      const { namespace, name } = move.metadata;
      const path = `${pathOf(migrations.plural)(namespace)}/${name}`;
      await this.#must('PATCH', path, { status: { phase: 'Succeeded' } }, 'application/merge-patch+json');
    }
  }

  async #pods(): Promise<readonly Launcher[]> {
    const path = '/api/v1/pods?labelSelector=kubevirt.io%3Dvirt-launcher';
    const { items } = (await this.#controlPlane.get<{ readonly items: readonly Launcher[] }>(path)) ?? { items: [] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  async #list<T>(plural: string): Promise<readonly T[]> {
    const path = `/apis/${apiVersion}/${plural}`;
    return (await this.#controlPlane.get<{ readonly items: readonly T[] }>(path))?.items ?? [];
  }

  async #create(path: (namespace: string) => string, namespace: string, object: object): Promise<void> {
    await this.#must('POST', path(namespace), object);
  }

  async #delete(path: (namespace: string) => string, { name, namespace }: Described['metadata']): Promise<void> {
    await this.#must('DELETE', `${path(namespace)}/${name}`);
  }

  async #must(method: string, path: string, body?: object, contentType?: string): Promise<void> {
    const { status, text } = await this.#controlPlane.request(method, path, body, contentType);
    if (status >= 300 && status !== 404) throw new Error(`${method} ${path}: ${status} ${text}`);
  }
}

const podsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

function pathOf(plural: string): (namespace: string) => string {
  return (namespace) => `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
}
