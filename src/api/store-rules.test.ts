import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRangeSet } from '../ip/range-set.ts';
import { parkedSpec } from '../ipam/bind/kept-claim.ts';
import { newBlock } from '../resources/block.ts';
import { type ClaimSpec, newClaim } from '../resources/claim.ts';
import { newHistory, newHistorySegment } from '../resources/history.ts';
import { poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { newQuarantine } from '../resources/quarantine.ts';
import { newRangePool } from '../resources/range-pool.ts';
import type { ReservedIPResource } from '../resources/reserved-ip.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { codeOf } from '../resources/testing/refusal.ts';
import type { MemoryStore } from '../store/memory/memory-store.ts';
import { MemoryPresences } from '../store/presences.ts';
import type { RemoteStore } from '../store/remote/remote-store.ts';
import { memory, remote } from './testing/remote-store.ts';
import { node, serveStore } from './testing/serve-store.ts';

describe('a node at the store of its cluster', () => {
  const block = (cidr: string, name: string, daemon = name) => newBlock({ cidr, pool: 'blocks', node: name, daemon });
  const claim = (address: string, pool: string, name: string) =>
    newClaim({ address, pool, node: name, daemon: name, network: 'net', containerId: 'c', ifname: 'eth0' });
  const kept = (address: string, name: string) =>
    newClaim({ ...claim(address, 'shared', name).spec, ownerKind: 'Identity', ownerName: 'db' });
  const keptForPod = (name: string): ClaimSpec => {
    const pod = { podNamespace: 'shop', podName: 'web-0', podUid: 'uid-1' };
    const owner = { ownerKind: 'StatefulSet', ownerName: 'web' };
    return parkedSpec({ ...claim('10.1.0.11', 'shared', name).spec, ...pod, ...owner }, 0);
  };
  const machine = (name: string): ClaimSpec => {
    const pod = { podNamespace: 'shop', podName: 'virt-launcher-vm-a', podUid: 'uid-1' };
    return { ...claim('10.1.0.11', 'shared', name).spec, ...pod, ownerKind: 'VirtualMachine', ownerName: 'vm' };
  };
  const movedBy = (spec: ClaimSpec): ClaimSpec => ({
    ...takenBy('a', spec),
    podName: 'virt-launcher-vm-b',
    podUid: 'uid-2',
    migratedFrom: 'net/c/eth0',
  });
  const takenBy = (node: string, { parkedAt: _, ...spec }: ClaimSpec): ClaimSpec => ({
    ...spec,
    node,
    daemon: node,
    containerId: 'c2',
  });
  const pool = (name: string, spec: object, labels?: Record<string, string>): Resource => ({
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    spec,
  });
  const blocks = pool('blocks', { subnet: '10.0.0.0/16', blockSize: 24 });
  const shared = pool('shared', { subnet: '10.1.0.0/24', ips: ['10.1.0.10-10.1.0.20'] });
  const reserved = (name: string, until?: string): Resource => ({
    apiVersion: spiderpoolVersion,
    kind: 'SpiderReservedIP',
    metadata: { name },
    spec: { ips: ['10.1.0.12'], ...(until === undefined ? {} : { quarantine: { reason: 'seen', until } }) },
  });
  const quarantine = (address: string, reason = 'answers ARP') =>
    newQuarantine(parseAddress(address), { reason, until: undefined });
  const inline = { berth: 'x' };
  const rangePool = (of: string) =>
    newRangePool({
      network: 'net',
      node: of,
      networkName: undefined,
      subnet: parsePrefix('10.2.0.0/24'),
      gateway: parseAddress('10.2.0.1'),
      addresses: parseRangeSet(['10.2.0.10-10.2.0.20']),
    });

  const asA = async (act: (a: RemoteStore, kept: MemoryStore) => Promise<unknown>): Promise<string | undefined> => {
    const kept = memory();
    for (const resource of [blocks, shared, block('10.0.9.0/24', 'b'), claim('10.1.0.19', 'shared', 'b')])
      await kept.create(resource);
    const limits = { claims: 3, blocks: 3, pools: 3, quarantines: 3 };
    const server = await serveStore(kept, node('a'), 0, new MemoryPresences(), limits);
    const a = remote(server.address);
    try {
      return await codeOf(act(a, kept));
    } finally {
      await a.close();
      await server.kill();
    }
  };

  it.each<
    readonly [what: string, outcome: string | undefined, act: (a: RemoteStore, kept: MemoryStore) => Promise<unknown>]
  >([
    ['leases a block of a pool', undefined, (a) => a.create(block('10.0.1.0/24', 'a'))],
    ['leases no block for another node', 'permission-denied', (a) => a.create(block('10.0.1.0/24', 'b'))],
    ['leases none in the name of another daemon', 'permission-denied', (a) => a.create(block('10.0.1.0/24', 'a', 'b'))],
    ['leases none that is larger than a block, over others', 'conflict', (a) => a.create(block('10.0.0.0/20', 'a'))],
    ['leases none outside the pool', 'conflict', (a) => a.create(block('10.9.1.0/24', 'a'))],
    [
      'leases none under the name of another block',
      'permission-denied',
      (a) => a.create({ ...block('10.0.9.0/24', 'a'), metadata: { name: '10.0.1.0-24' } }),
    ],
    [
      'hands its own block back',
      undefined,
      async (a) => {
        const { kind, metadata } = await a.create(block('10.0.1.0/24', 'a'));
        await a.delete({ kind, name: metadata.name }, metadata.resourceVersion);
      },
    ],
    [
      'hands no other back',
      'permission-denied',
      (a) => a.delete({ kind: 'IPBlock', name: block('10.0.9.0/24', 'b').metadata.name }, undefined),
    ],
    [
      'takes over no block of another node',
      'permission-denied',
      async (a, kept) => {
        const { items } = await kept.list<ReturnType<typeof block>>('IPBlock');
        for (const item of items) await a.update({ ...item, spec: { ...item.spec, node: 'a', daemon: 'a' } });
      },
    ],
    ['claims an address of a shared pool', undefined, (a) => a.create(claim('10.1.0.11', 'shared', 'a'))],
    ['claims none for another node', 'permission-denied', (a) => a.create(claim('10.1.0.11', 'shared', 'b'))],
    ['claims none that the pool does not offer', 'conflict', (a) => a.create(claim('10.1.0.99', 'shared', 'a'))],
    ['claims an address of a block', undefined, (a) => a.create(claim('10.0.9.7', 'blocks', 'a'))],
    [
      'writes no history, not even its own: its record is on its disk only',
      'permission-denied',
      (a) => a.create(newHistory({ node: 'a', begun: 1, segments: [] })),
    ],
    [
      'nor a part of one',
      'permission-denied',
      (a) => a.create(newHistorySegment({ node: 'a', begun: 1, first: 1, last: 2, packed: 'x' })),
    ],
    [
      'deletes nothing that a lost node remembered',
      'permission-denied',
      async (a, store) => {
        const { kind, metadata } = await store.create(newHistory({ node: 'lost', begun: 1, segments: [] }));
        await a.delete({ kind, name: metadata.name }, undefined);
      },
    ],
    ['claims no gateway of a block', 'conflict', (a) => a.create(claim('10.0.9.1', 'blocks', 'a'))],
    [
      'deletes no claim of another node',
      'permission-denied',
      (a) => a.delete({ kind: 'IPClaim', name: '10.1.0.19' }, undefined),
    ],
    [
      'parks what is its own and kept for somebody, takes it again, and deletes it',
      undefined,
      async (a) => {
        const own = await a.create(kept('10.1.0.11', 'a'));
        const parked = await a.update({ ...own, spec: parkedSpec(own.spec, 0) });
        const again = await a.update({ ...parked, spec: takenBy('a', parked.spec) });
        await a.delete({ kind: 'IPClaim', name: '10.1.0.11' }, again.metadata.resourceVersion);
      },
    ],
    [
      'parks nothing that is kept for nobody',
      'permission-denied',
      async (a) => {
        const own = await a.create(claim('10.1.0.11', 'shared', 'a'));
        await a.update({ ...own, spec: parkedSpec(own.spec, 0) });
      },
    ],
    [
      'takes over what another node has parked, for the same',
      undefined,
      async (a, store) => {
        const parked = await store.create(newClaim(parkedSpec(kept('10.1.0.11', 'b').spec, 0)));
        await a.update({ ...parked, spec: takenBy('a', parked.spec) });
      },
    ],
    [
      'and to be its last',
      undefined,
      async (a, store) => {
        const parked = await store.create(newClaim(parkedSpec(kept('10.1.0.11', 'b').spec, 0)));
        const { ownerKind: _, ownerName: __, ...last } = takenBy('a', parked.spec);
        await a.update({ ...parked, spec: last });
      },
    ],
    [
      'takes over nothing that a container has',
      'permission-denied',
      async (a, store) => {
        const held = await store.create(kept('10.1.0.11', 'b'));
        await a.update({ ...held, spec: takenBy('a', held.spec) });
      },
    ],
    [
      'takes over nothing for somebody else',
      'permission-denied',
      async (a, store) => {
        const parked = await store.create(newClaim(parkedSpec(kept('10.1.0.11', 'b').spec, 0)));
        await a.update({ ...parked, spec: { ...takenBy('a', parked.spec), ownerName: 'other' } });
      },
    ],
    [
      'takes over what is kept for a Pod by its name, for that Pod',
      undefined,
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        await a.update({ ...parked, spec: takenBy('a', parked.spec) });
      },
    ],
    [
      'and to be the last of it',
      undefined,
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        const { ownerKind: _, ownerName: __, ...last } = takenBy('a', parked.spec);
        await a.update({ ...parked, spec: last });
      },
    ],
    [
      'and for the very Pod that had it, which another keeps by now',
      undefined,
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        await a.update({ ...parked, spec: { ...takenBy('a', parked.spec), ownerKind: 'Pod', ownerName: 'web-0' } });
      },
    ],
    [
      'takes over nothing for another Pod of the same StatefulSet',
      'permission-denied',
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        await a.update({ ...parked, spec: { ...takenBy('a', parked.spec), podName: 'web-1' } });
      },
    ],
    [
      'nor for another Pod, to be its last',
      'permission-denied',
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        const { ownerKind: _, ownerName: __, ...last } = takenBy('a', parked.spec);
        await a.update({ ...parked, spec: { ...last, podName: 'web-1' } });
      },
    ],
    [
      'nor for a Pod of its name that another keeps',
      'permission-denied',
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        const other = { ...takenBy('a', parked.spec), podUid: 'uid-2', ownerName: 'we' };
        await a.update({ ...parked, spec: other });
      },
    ],
    [
      'nor for one of another namespace, or on another interface',
      'permission-denied',
      async (a, store) => {
        const parked = await store.create(newClaim(keptForPod('b')));
        const taken = takenBy('a', parked.spec);
        const refused = await codeOf(a.update({ ...parked, spec: { ...taken, ifname: 'net1' } }));
        expect(refused).toBe('permission-denied');
        await a.update({ ...parked, spec: { ...taken, podNamespace: 'other' } });
      },
    ],
    [
      'takes over what moves to it in a live migration, while the source has it',
      undefined,
      async (a, store) => {
        const held = await store.create(newClaim(machine('b')));
        await a.update({ ...held, spec: movedBy(held.spec) });
      },
    ],
    [
      'and moves on, its former sources remembered',
      undefined,
      async (a, store) => {
        const held = await store.create(newClaim({ ...machine('b'), migratedFrom: 'net/c0/eth0' }));
        await a.update({ ...held, spec: { ...movedBy(held.spec), migratedFrom: 'net/c/eth0 net/c0/eth0' } });
      },
    ],
    [
      'but not without a word of the source',
      'permission-denied',
      async (a, store) => {
        const held = await store.create(newClaim(machine('b')));
        const { migratedFrom: _, ...silent } = movedBy(held.spec);
        expect(await codeOf(a.update({ ...held, spec: silent }))).toBe('permission-denied');
        await a.update({ ...held, spec: { ...silent, migratedFrom: 'net/other/eth0' } });
      },
    ],
    [
      'nor for another virtual machine',
      'permission-denied',
      async (a, store) => {
        const held = await store.create(newClaim(machine('b')));
        await a.update({ ...held, spec: { ...movedBy(held.spec), ownerName: 'other' } });
      },
    ],
    [
      'nor what a StatefulSet’s Pod has, as if that moved',
      'permission-denied',
      async (a, store) => {
        const { parkedAt: _, ...spec } = keptForPod('b');
        const held = await store.create(newClaim(spec));
        await a.update({ ...held, spec: { ...takenBy('a', held.spec), migratedFrom: 'net/c/eth0' } });
      },
    ],
    [
      'nor for another node',
      'permission-denied',
      async (a, store) => {
        const held = await store.create(newClaim(machine('b')));
        await a.update({ ...held, spec: { ...movedBy(held.spec), node: 'c', daemon: 'c' } });
      },
    ],
    [
      'takes over nothing for another node',
      'permission-denied',
      async (a, store) => {
        const parked = await store.create(newClaim(parkedSpec(kept('10.1.0.11', 'b').spec, 0)));
        await a.update({ ...parked, spec: takenBy('c', parked.spec) });
      },
    ],
    [
      'makes the pools of its CNI ranges, and deletes them',
      undefined,
      async (a) => {
        const made = await a.create(rangePool('a'));
        await a.delete({ kind: poolKind, name: made.metadata.name }, made.metadata.resourceVersion);
      },
    ],
    ['makes none of another node', 'permission-denied', (a) => a.create(rangePool('b'))],
    [
      'makes none that says something else than its name',
      'permission-denied',
      (a) => a.create({ ...rangePool('a'), spec: { ...rangePool('a').spec, ips: ['10.2.0.0/24'], default: true } }),
    ],
    [
      'puts nothing more into one',
      'permission-denied',
      (a) => a.create({ ...rangePool('a'), metadata: { ...rangePool('a').metadata, finalizers: ['mine'] } }),
    ],
    [
      'makes a pool for all nodes, as long as it is of a former version',
      undefined,
      (a) => a.create(pool('cni-net-x', { subnet: '10.2.0.0/24' }, { 'berth.network/cni-network': 'net' })),
    ],
    [
      'deletes no range pool of another node',
      'permission-denied',
      async (a, kept) => {
        const made = await kept.create(rangePool('b'));
        await a.delete({ kind: poolKind, name: made.metadata.name }, made.metadata.resourceVersion);
      },
    ],
    [
      'makes none over the addresses of another pool, and none that is no pool',
      'invalid-config',
      async (a) => {
        const label = { 'berth.network/cni-network': 'net' };
        expect(await codeOf(a.create(pool('cni-net-y', { subnet: '10.1.0.0/24' }, label)))).toBe('invalid-config');
        await a.create(pool('cni-net-z', { subnet: '10.2.0.5/24' }, label));
      },
    ],
    [
      'puts no finalizer on what is its own',
      'permission-denied',
      async (a) => {
        const own = await a.create(claim('10.1.0.11', 'shared', 'a'));
        await a.update({ ...own, metadata: { ...own.metadata, finalizers: ['example.com/mine'] } });
      },
    ],
    [
      'puts nothing beside the spec of what is its own',
      'permission-denied',
      async (a) => {
        const own = await a.create(claim('10.1.0.11', 'shared', 'a'));
        await a.update({ ...own, status: 'x'.repeat(60_000) } as never);
      },
    ],
    [
      'puts nothing beside that of a pool of its CNI ranges',
      'permission-denied',
      async (a) => {
        const own = await a.create(rangePool('a'));
        await a.update({ ...own, more: 'x' } as never);
      },
    ],
    [
      'puts nothing there from the beginning',
      'permission-denied',
      (a) => a.create({ ...claim('10.1.0.11', 'shared', 'a'), status: 'x' }),
    ],
    [
      'writes nothing that is longer than its kind ever is',
      'permission-denied',
      (a) => a.create({ ...claim('10.1.0.11', 'shared', 'a'), status: 'x'.repeat(9_000) }),
    ],
    [
      'writes nothing larger by far, which is not even read',
      'permission-denied',
      (a) => a.create({ ...claim('10.1.0.11', 'shared', 'a'), status: 'x'.repeat(2_000_000) }),
    ],
    [
      'has no more blocks than a node may have',
      'rate-limited',
      async (a) => {
        for (let n = 0; n < 3; n += 1) await a.create(block(`10.0.${n}.0/24`, 'a'));
        await a.create(block('10.0.3.0/24', 'a'));
      },
    ],
    ['makes no other pool', 'permission-denied', (a) => a.create(pool('mine', { subnet: '10.2.0.0/24' }, inline))],
    [
      'changes no pool',
      'permission-denied',
      async (a) => a.update((await a.get({ kind: poolKind, name: 'shared' })) as never),
    ],
    [
      'writes no status',
      'permission-denied',
      async (a) => a.updateStatus((await a.get({ kind: poolKind, name: 'shared' })) as never),
    ],
    ['reserves nothing', 'permission-denied', (a) => a.create(reserved('r'))],
    [
      'puts an address in quarantine, says more of it, and lifts it',
      undefined,
      async (a) => {
        const made = (await a.create(quarantine('10.1.0.12'))) as Stored<ReservedIPResource>;
        await a.update({ ...made, spec: quarantine('10.1.0.12', 'seen again').spec } as never);
        await a.delete({ kind: 'SpiderReservedIP', name: made.metadata.name }, undefined);
      },
    ],
    [
      'lifts a quarantine that somebody else made',
      undefined,
      async (a, kept) => {
        await kept.create(reserved('q', '2120-01-01T00:00:00Z'));
        await a.delete({ kind: 'SpiderReservedIP', name: 'q' }, undefined);
      },
    ],
    [
      'makes no quarantine of many addresses',
      'permission-denied',
      (a) => {
        const one = quarantine('10.1.0.12');
        return a.create({ ...one, spec: { ...one.spec, ips: ['10.1.0.0/24'] } });
      },
    ],
    [
      'makes none under another name',
      'permission-denied',
      (a) => a.create({ ...quarantine('10.1.0.12'), metadata: { name: 'q' } }),
    ],
    [
      'makes none that cannot be deleted',
      'permission-denied',
      (a) => {
        const one = quarantine('10.1.0.12');
        return a.create({ ...one, metadata: { ...one.metadata, finalizers: ['x/y'] } });
      },
    ],
    [
      'makes no quarantine of a reservation, nor a reservation of a quarantine',
      'permission-denied',
      async (a, kept) => {
        const planned = await kept.create(reserved('quarantine-10.1.0.12'));
        const before = await codeOf(a.update({ ...planned, spec: quarantine('10.1.0.12').spec } as never));
        expect(before).toBe('permission-denied');
        const made = await a.create(quarantine('10.1.0.13'));
        await a.update({ ...made, spec: { ips: ['10.1.0.13'], ipVersion: 4 } } as never);
      },
    ],
    [
      'deletes no reservation',
      'permission-denied',
      async (a, kept) => {
        await kept.create(reserved('r'));
        await a.delete({ kind: 'SpiderReservedIP', name: 'r' }, undefined);
      },
    ],
    [
      'makes no more quarantines than there may be',
      'rate-limited',
      async (a) => {
        for (let n = 11; n < 14; n += 1) await a.create(quarantine(`10.1.0.${n}`));
        await a.create(quarantine('10.1.0.14'));
      },
    ],
    ['reads what it needs', undefined, (a) => a.list('IPBlock')],
  ])('%s', async (_what, outcome, act) => {
    expect(await asA(act)).toBe(outcome);
  });
});
