import { randomUUID } from 'node:crypto';
import { installedNetworks } from '../cni/installed-networks.ts';
import { isAnothers } from '../daemon/cni-executables.ts';
import type { ShownPod } from '../ipam/shown-pod.ts';
import { EtcdClient } from '../store/etcd/client.ts';
import { EtcdStore } from '../store/etcd/etcd-store.ts';
import type { EtcdPlace } from './endpoint-uri.ts';
import { nobodysNode } from './foreign.ts';
import { noHoldings, resourcesOf, type SourceContents } from './holdings.ts';
import { importLeases } from './import-leases.ts';
import { kubeIpamHoldings, kubeIpamPrefix } from './kube-ipam.ts';
import { kubeIpamFixedLeases } from './kube-ipam-fixed.ts';
import type { Source, Target } from './places.ts';

/** Keys read at once. */
const pageSize = 1_000;

function openClient({ endpoints, prefix: _, kubeconfig: __, ...tls }: EtcdPlace): EtcdClient {
  return new EtcdClient({ endpoints, tls });
}

function openStore(client: EtcdClient, { prefix }: EtcdPlace): EtcdStore {
  return new EtcdStore({ client, now: Date.now, newUid: randomUUID, ...(prefix === undefined ? {} : { prefix }) });
}

/** @param settleMs how long daemons may use what they took before they heard */
export function etcdSource(place: EtcdPlace, settleMs: number): Source {
  const client = openClient(place);
  const store = openStore(client, place);
  const read = async (): Promise<SourceContents> => ({
    ...noHoldings,
    resources: await resourcesOf(store),
  });
  return { store, settleMs, read, inUse: async () => [], close: () => close(client, store) };
}

export function etcdTarget(place: EtcdPlace): Target {
  const client = openClient(place);
  const store = openStore(client, place);
  return {
    store,
    journal: undefined,
    keepsUids: true,
    deletesOrphans: false,
    warnings: async () => [],
    close: () => close(client, store),
  };
}

async function close(client: EtcdClient, store: EtcdStore): Promise<void> {
  await store.close();
  client.close();
}

export interface KubeIpamPlaces {
  /** The folder of this node's network configurations. */
  readonly configs: string;
  /** Where the runtime finds the executable that they name. */
  readonly program: string;
}

const unread =
  "addresses that Pods fixed by annotation (kube-ipam.ip) are in no key of kube-ipam's, and not moved: name the cluster with &kubeconfig=/path behind the place";

/** The executable that goes by the name of kube-ipam must be ours by the end: configurations keep the name. */
export function kubeIpamSource(place: EtcdPlace, { configs, program }: KubeIpamPlaces): Source {
  const client = openClient(place);
  const read = async (): Promise<SourceContents> => {
    const { pools, leases, conflicts } = kubeIpamHoldings(await entriesUnder(client, kubeIpamPrefix));
    const fixed =
      place.kubeconfig === undefined
        ? { leases: [], conflicts: [], warnings: [unread] }
        : kubeIpamFixedLeases(await podsOf(place.kubeconfig), pools);
    const imported = importLeases([...leases, ...fixed.leases], {
      pools,
      daemon: nobodysNode,
      advice: 'delete the Pod, or the key when its container is gone, and repeat',
    });
    const installed = installedNetworks(configs);
    return {
      ...noHoldings,
      resources: [...pools, ...imported.claims],
      conflicts: [...conflicts, ...fixed.conflicts, ...imported.conflicts],
      warnings: [...installed.warnings, ...fixed.warnings, ...imported.warnings],
    };
  };
  return {
    store: undefined,
    settleMs: 0,
    read,
    inUse: async () =>
      isAnothers(program)
        ? installedNetworks(configs)
            .networks.filter(({ ipamType }) => ipamType === 'kube-ipam')
            .map(({ file, name }) => `${file}: network "${name}" names kube-ipam, and ${program} is another program's`)
        : [],
    close: async () => client.close(),
  };
}

/** All pages show one revision. */
async function entriesUnder(client: EtcdClient, prefix: string): Promise<readonly (readonly [string, string])[]> {
  const entries: (readonly [string, string])[] = [];
  const end = Buffer.from(`${prefix.slice(0, -1)}0`);
  let key = Buffer.from(prefix);
  let revision = '0';
  for (;;) {
    const { kvs, more, header } = await client.range({ key, range_end: end, limit: pageSize, revision });
    for (const one of kvs) entries.push([one.key.toString(), one.value.toString()]);
    const last = kvs.at(-1);
    if (!more || last === undefined) return entries;
    revision = header.revision;
    key = Buffer.concat([last.key, Buffer.of(0)]);
  }
}

async function podsOf(kubeconfig: string): Promise<readonly ShownPod[]> {
  const { listPods } = await import('./open-kubernetes.ts');
  return listPods(kubeconfig);
}
