import { describe, expect, it } from 'vitest';
import { berthVersion } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import { type PoolResource, parsePool } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import { codeOf, refusalOf } from '../../resources/testing/refusal.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { daemonOver, pool, request, TestClock } from '../testing/world.ts';
import { OwnPlace, type PlaceSources } from './own-place.ts';

const object = (kind: string, name: string, spec: object): Resource => ({
  ...{ apiVersion: berthVersion, kind, spec },
  metadata: { name },
});
const node = (name: string, tor: string) => object(ipamNodeKind, name, { tor_id: tor });
const tors = (...ids: string[]) => ids.map((id) => ({ id }));
const network = object(topologyKind, topologyName, {
  zones: [
    { id: 'zone-a', pods: [{ id: 'pod-1', tors: tors('tor-1', 'tor-2') }] },
    { id: 'zone-b', pods: [{ id: 'pod-3', tors: tors('tor-3') }] },
  ],
});
const rack = (name: string, subnet: string, topologyAffinity: object) =>
  pool(name, { subnet, gateway: subnet.replace('0/24', '1'), default: true, topologyAffinity });

/** A daemon for each node, over one store in which these objects are. */
async function daemons(objects: readonly Resource[], ...nodes: readonly string[]) {
  const clock = new TestClock();
  let uids = 0;
  const store = new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
  for (const one of objects) await store.create(one);
  return Promise.all(
    nodes.map(async (name) => {
      const daemon = daemonOver({ clock, store, journal: new MemoryJournal() }, '', 28, name);
      await daemon.start();
      return async (container: string) =>
        (await daemon.ipam.allocate(request(container))).addresses.map(({ pool }) => pool).join(' ');
    }),
  );
}

describe('a node in the network', () => {
  it('gets addresses of its own rack, and none of another', async () => {
    const pools = [
      rack('rack-1', '10.0.1.0/24', { tor: ['tor-1'] }),
      rack('rack-2', '10.0.2.0/24', { tor: ['tor-2'] }),
    ];
    const [one, two, other] = await daemons([...pools, node('n1', 'tor-1'), node('n2', 'tor-2')], 'n1', 'n2', 'n3');
    expect([await one?.('c1'), await two?.('c2')]).toEqual(['rack-1', 'rack-2']);
    expect(await refusalOf(other?.('c3') ?? Promise.resolve())).toContain(
      'is for nodes in TOR "tor-1", and nothing tells in which TOR node "n3" is',
    );
  });

  it('gets addresses of the pod and the zone around its rack', async () => {
    const pools = [rack('a', '10.0.1.0/24', { zone: ['zone-a'] }), rack('b', '10.0.2.0/24', { pod: ['pod-3'] })];
    const nodes = [node('n1', 'tor-2'), node('n2', 'tor-3'), node('n3', 'tor-9')];
    const [one, two, lost] = await daemons([...pools, ...nodes, network], 'n1', 'n2', 'n3');
    expect([await one?.('c1'), await two?.('c2')]).toEqual(['a', 'b']);
    // No such TOR is in the topology.
    expect(await codeOf(lost?.('c3') ?? Promise.resolve())).toBe('not-found');
  });

  it('gets addresses of the IP families that its rack has, whatever other racks have', async () => {
    const pools = [
      rack('rack-1', '10.0.1.0/24', { tor: ['tor-1'] }),
      rack('rack-2', '10.0.2.0/24', { tor: ['tor-2'] }),
      pool('rack-2v6', {
        subnet: '2001:db8::/64',
        gateway: '2001:db8::1',
        default: true,
        topologyAffinity: { tor: ['tor-2'] },
      }),
    ];
    const [one, two] = await daemons([...pools, node('n1', 'tor-1'), node('n2', 'tor-2')], 'n1', 'n2');
    expect([await one?.('c1'), await two?.('c2')]).toEqual(['rack-1', 'rack-2 rack-2v6']);
  });

  it('prefers its own rack to what is for everybody', async () => {
    const all = pool('all', { subnet: '10.1.0.0/24', gateway: '10.1.0.1', default: true });
    const [one, two] = await daemons(
      [all, rack('rack-1', '10.0.1.0/24', { tor: ['tor-1'] }), node('n1', 'tor-1')],
      'n1',
      'n2',
    );
    expect([await one?.('c1'), await two?.('c2')]).toEqual(['rack-1', 'all']);
  });

  it('is looked for only where some pool is for the nodes of some places, and in the topology only for those of pods and zones', async () => {
    const asked: string[] = [];
    const places = async (...topologyAffinity: (object | undefined)[]) => {
      asked.length = 0;
      const own = new OwnPlace({
        ...{ node: 'n1', clock: new TestClock(), log: silentLog },
        store: {
          get: async ({ kind }) => {
            asked.push(kind);
            const found = kind === topologyKind ? network : node('n1', 'tor-2');
            return found as never;
          },
        },
        catalog: {
          pools: topologyAffinity.map((one) => ({ topologyAffinity: one }) as never),
          changed: Promise.resolve(),
        },
      });
      await own.begin();
      return own.places;
    };
    expect([await places(), asked.length]).toEqual([{}, 0]);
    expect([await places(undefined, undefined), asked.length]).toEqual([{}, 0]);
    expect([await places({ tor: ['tor-1'] }), asked.length]).toEqual([{ tor: 'tor-2' }, 1]);
    expect([await places({ zone: ['zone-a'] }), asked.length]).toEqual([
      { tor: 'tor-2', pod: 'pod-1', zone: 'zone-a' },
      2,
    ]);
  });
});

describe('a node that is moved to another rack', () => {
  it('gives addresses of that one, and hands back what it had of the other when that is empty and has cooled down', async () => {
    const of = (name: string, subnet: string, tor: string) => {
      const made = rack(name, subnet, { tor: [tor] });
      return { ...made, spec: { ...(made.spec as object), blockSize: 28 } };
    };
    const clock = new TestClock();
    let uids = 0;
    const store = new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
    for (const one of [of('rack-1', '10.0.1.0/24', 'tor-1'), of('rack-2', '10.0.2.0/24', 'tor-2'), node('n1', 'tor-1')])
      await store.create(one);
    const daemon = daemonOver({ clock, store, journal: new MemoryJournal() }, '', 28, 'n1');
    await daemon.start();
    const give = async (container: string) =>
      (await daemon.ipam.allocate(request(container))).addresses.map(({ pool: name }) => name).join(' ');
    expect(await give('c1')).toBe('rack-1');
    await daemon.topology.registerNodes([{ id: 'n1', spec: { tor_id: 'tor-2' } }]);
    expect(await give('c2')).toBe('rack-2');
    const pools = async () => (await daemon.administration.blocks()).map(({ pool: name }) => name);
    await daemon.maintenance.round();
    expect(await pools()).toEqual(['rack-1', 'rack-2']);
    await daemon.ipam.release(request('c1').attachment);
    clock.advance(60_000);
    await daemon.maintenance.round();
    expect(await pools()).toEqual(['rack-2']);
  });
});

describe('the rack of a node', () => {
  const heard = (...systems: string[]) => ({
    neighbours: async () => systems.map((system) => ({ interface: 'eth0', system })),
  });
  const labelled = (...pairs: [string, string][]) => ({
    torLabel: 'example.org/rack',
    labels: async () => Object.fromEntries(pairs),
  });
  const rackLabel: [string, string] = ['example.org/rack', 'tor-3'];
  const zone: [string, string] = ['topology.kubernetes.io/zone', 'zone-b'];

  async function placesBy(sources: PlaceSources, ...objects: readonly Resource[]) {
    const store = new MemoryStore({ now: () => 0, newUid: () => 'uid' });
    for (const one of [network, ...objects]) await store.create(one);
    const catalog = {
      pools: [parsePool(rack('a', '10.0.1.0/24', { zone: ['zone-a'] }) as PoolResource)],
      changed: Promise.resolve(),
    };
    const place = new OwnPlace({ node: 'n1', ...sources, store, catalog, clock: new TestClock(), log: silentLog });
    await place.look();
    return place.places;
  }

  const registered = node('n1', 'tor-1');
  it.each<[string, PlaceSources, readonly Resource[], string | undefined, string | undefined]>([
    ['is what is set', { tor: 'tor-2', ...heard('tor-3'), ...labelled(rackLabel) }, [registered], 'tor-2', 'zone-a'],
    [
      'else what is heard on its links',
      { ...heard('other', 'TOR-2.dc'), ...labelled(rackLabel) },
      [registered],
      'tor-2',
      'zone-a',
    ],
    ['else what its label says', { ...heard('other'), ...labelled(rackLabel, zone) }, [registered], 'tor-3', 'zone-b'],
    ['else what its object says', { ...heard(), ...labelled(zone) }, [registered], 'tor-1', 'zone-a'],
    ['is not known where nothing says it; its zone may be', labelled(zone), [], undefined, 'zone-b'],
    ['is not known where there is nothing to say it', {}, [], undefined, undefined],
  ])('%s', async (_, sources, objects, tor, zoneOf) => {
    const places = await placesBy(sources, ...objects);
    expect([places.tor, places.zone]).toEqual([tor, zoneOf]);
  });

  it('stays what it was while what tells of it cannot be read', async () => {
    let isThere = true;
    const sources: PlaceSources = {
      neighbours: async () => {
        if (isThere) return [{ interface: 'eth0', system: 'tor-2' }];
        throw new IpamError('invalid-config', 'cannot read it');
      },
    };
    const store = new MemoryStore({ now: () => 0, newUid: () => 'uid' });
    await store.create(network);
    const catalog = { pools: [], changed: Promise.resolve() };
    const place = new OwnPlace({ node: 'n1', ...sources, store, catalog, clock: new TestClock(), log: silentLog });
    await place.look();
    isThere = false;
    await place.look();
    expect(place.places).toEqual({ tor: 'tor-2' });
  });
});
