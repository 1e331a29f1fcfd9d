import { EtcdClient } from '../store/etcd/client.ts';
import { installedNetworks } from './cni-configs.ts';
import { claimsOf, nobodysNode } from './foreign.ts';
import type { Holdings } from './holdings.ts';
import { kubeIpamHoldings, kubeIpamPrefix } from './kube-ipam.ts';
import type { EtcdPlace } from './place.ts';
import type { Source } from './places.ts';

/** Keys read at once. */
const pageSize = 1_000;

function openClient({ endpoints, ...tls }: EtcdPlace): EtcdClient {
  return new EtcdClient({ endpoints, tls });
}

/** @param configs the folder of this node's network configurations: none may name kube-ipam any more */
export function kubeIpamSource(place: EtcdPlace, configs: string): Source {
  const client = openClient(place);
  const read = async (): Promise<Holdings> => {
    const found = kubeIpamHoldings(await entriesUnder(client, kubeIpamPrefix));
    const resources = [...found.pools, ...claimsOf(found.leases, found.pools, nobodysNode)];
    return { resources, allocations: [], resting: [], leftOut: found.leftOut, warnings: found.warnings };
  };
  return {
    store: undefined,
    settleMs: 0,
    read,
    inUse: async () =>
      installedNetworks(configs)
        .filter(({ ipamType }) => ipamType === 'kube-ipam')
        .map(({ file, name }) => `${file}: network "${name}" names kube-ipam`),
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
