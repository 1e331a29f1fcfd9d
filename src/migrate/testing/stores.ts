import { randomUUID } from 'node:crypto';
import type { Random } from '../../../test/kit/random.ts';
import { newBlock } from '../../resources/block.ts';
import { newClaim } from '../../resources/claim.ts';
import { type PoolSpec, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { spiderpoolFinalizer } from '../../resources/published.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Metadata, Resource } from '../../resources/resource.ts';
import { subnetKind } from '../../resources/subnet.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { resourcesOf, type SourceContents } from '../holdings.ts';
import type { MigrationOptions } from '../migration.ts';

export const newStore = (): Store => new MemoryStore({ now: Date.now, newUid: randomUUID });

export const pool = (name: string, spec: PoolSpec, metadata: Partial<Metadata> = {}): Resource => ({
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name, ...metadata },
  spec,
});
export const claim = (address: string, holder: string, poolName = 'shared', daemon = 'node1'): Resource =>
  newClaim({ address, pool: poolName, node: daemon, daemon, network: 'net', containerId: holder, ifname: 'eth0' });
export const block = (cidr: string, daemon = 'node1'): Resource =>
  newBlock({ cidr, pool: 'routed', node: daemon, daemon });
export const shared = pool('shared', { subnet: '10.1.0.0/24', ips: ['10.1.0.10-10.1.0.250'], default: true });
export const routed = pool(
  'routed',
  { subnet: '10.2.0.0/16', blockSize: 24 },
  { labels: { a: 'b' }, finalizers: [spiderpoolFinalizer] },
);
export const resting = pool('resting', { subnet: '10.3.0.0/24', disable: true });

export async function filled(resources: readonly Resource[]): Promise<Store> {
  const store = newStore();
  for (const resource of resources) await store.create(resource);
  return store;
}

export async function fullSource(): Promise<Store> {
  const claims = Array.from({ length: 40 }, (_, index) => claim(`10.1.0.${10 + index}`, `c${index}`));
  const store = await filled([
    {
      ...shared,
      kind: subnetKind,
      metadata: { name: 'net' },
      spec: { subnet: '10.1.0.0/24', ips: ['10.1.0.10-10.1.0.250'] },
    },
    { ...shared, kind: reservedIPKind, metadata: { name: 'printer' }, spec: { ips: ['10.1.0.200'] } },
    shared,
    routed,
    resting,
    block('10.2.0.0/24'),
    block('10.2.7.0/24', 'node2'),
    ...claims,
  ]);
  await store.delete({ kind: poolKind, name: 'routed' }, undefined);
  return store;
}

export const nothing: SourceContents = { resources: [], allocations: [], coolingDown: [], leftOut: [], warnings: [] };

export function options(source: Store, target: Store, more: Partial<MigrationOptions> = {}): MigrationOptions {
  return {
    id: 'm1',
    source: {
      store: source,
      settleMs: 1,
      read: async () => ({ ...nothing, resources: await resourcesOf(source) }),
      inUse: async () => [],
      close: async () => {},
    },
    target: {
      store: target,
      journal: undefined,
      keepsUids: true,
      deletesOrphans: false,
      warnings: async () => [],
      close: async () => {},
    },
    dryRun: false,
    pause: async () => {},
    onProgress: () => {},
    ...more,
  };
}

export const specOf = async (store: Store, name: string) =>
  (await store.get({ kind: poolKind, name }))?.spec as PoolSpec;

/** Every write may be the last: it is lost, or carried out and not answered. */
export function mortal(store: Store, random: Random, dies: () => boolean): Store {
  const write = async <T>(carryOut: () => Promise<T>): Promise<T> => {
    if (!dies()) return carryOut();
    if (random.next() < 0.5) await carryOut();
    throw new Error('killed');
  };
  return mortalStore(store, write);
}

/** Carries out one write, or not. */
export type Write = <T>(carryOut: () => Promise<T>) => Promise<T>;

/** What is written goes through `write`. */
export function mortalStore(store: Store, write: Write): Store {
  return {
    get: (key) => store.get(key),
    list: (kind) => store.list(kind),
    watch: (kind, from, signal) => store.watch(kind, from, signal),
    close: () => store.close(),
    create: (resource, uid) => write(() => store.create(resource, uid)),
    update: (resource) => write(() => store.update(resource)),
    updateStatus: (resource) => write(() => store.updateStatus(resource)),
    delete: (key, version) => write(() => store.delete(key, version)),
  };
}
