import { describe, expect, it } from 'vitest';
import { parkedSpec } from '../ipam/bind/kept-claim.ts';
import { sandboxDeadlineMs } from '../ipam/reclaim/garbage.ts';
import { type Claim, type ClaimSpec, claimKind, newClaim } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { silentLog } from '../telemetry/log.ts';
import { LostNodes } from './lost-nodes.ts';
import { ParkedClaims } from './parked-claims.ts';
import type { ClusterState } from './state.ts';
import { type Ground, neverByItself, newGround, stateOf } from './testing/leading.ts';
import { claim, settle } from './testing/world.ts';

const graceMs = 30_000;
const web = { replicas: 3, start: 0, isDeleting: false, annotations: {} };
const owned = { ownerKind: 'StatefulSet', ownerName: 'web' };

class World {
  readonly clock: Ground['clock'];
  readonly store: Ground['store'];
  readonly live: Ground['live'];
  readonly reclaimed: string[] = [];
  readonly warnings: unknown[] = [];
  readonly parked: ParkedClaims;
  readonly lost: LostNodes;

  private constructor({ clock, store, live }: Ground, state: ClusterState, signal: AbortSignal, isEnabled: boolean) {
    this.clock = clock;
    this.store = store;
    this.live = live;
    const onReclaimed = (kind: string) => void this.reclaimed.push(kind);
    const log = { ...silentLog, warn: (...said: readonly unknown[]) => void this.warnings.push(said) };
    const parts = { state, store, live, clock, log, signal, onReclaimed };
    this.parked = new ParkedClaims({ ...parts, graceMs, isEnabled, keepsMachines: isEnabled, whenScaled: 'Delete' });
    this.lost = new LostNodes({ ...parts, unready: neverByItself });
    live.owners.set('StatefulSet default/web', web);
  }

  static async open(isEnabled = true): Promise<World> {
    const [ground, { signal }] = [newGround(), new AbortController()];
    return new World(ground, await stateOf(ground, signal), signal, isEnabled);
  }

  /** A claim that is parked for a Pod of the StatefulSet. */
  async park(address: string, podName = 'web-0', more: Partial<ClaimSpec> = {}): Promise<void> {
    const held = claim(address, { podName, ...owned, ...more }) as Claim;
    await this.store.create(newClaim(parkedSpec(held.spec, this.clock.now())));
    await settle();
  }

  /** Rounds at the pace of a controller, for so long. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed <= ms; passed += 10_000) {
      await this.parked.round();
      await this.clock.advance(10_000);
    }
  }

  async left(): Promise<readonly string[]> {
    return (await this.store.list<Claim>(claimKind)).items.map(({ spec }) => spec.address);
  }
}

describe('a parked claim', () => {
  it('stays as long as its StatefulSet makes its Pod again, however long that takes', async () => {
    const world = await World.open();
    await world.park('10.0.0.5');
    await world.pass(3_600_000);
    expect(await world.left()).toEqual(['10.0.0.5']);
  });

  it('goes when its StatefulSet is gone for longer than the grace, and not before', async () => {
    const world = await World.open();
    await world.park('10.0.0.5');
    world.live.owners.clear();
    await world.pass(graceMs - 10_000);
    expect(await world.left()).toEqual(['10.0.0.5']);
    await world.pass(0);
    expect([await world.left(), world.reclaimed]).toEqual([[], [claimKind]]);
  });

  it('goes when its ordinal is scaled away for longer than the grace; others stay', async () => {
    const world = await World.open();
    await world.park('10.0.0.5', 'web-2');
    await world.park('10.0.0.6', 'web-1');
    world.live.owners.set('StatefulSet default/web', { ...web, replicas: 2 });
    await world.pass(graceMs);
    expect(await world.left()).toEqual(['10.0.0.6']);
  });

  it('stays when the StatefulSet is scaled up again within the grace, and begins anew after it', async () => {
    const world = await World.open();
    await world.park('10.0.0.5', 'web-2');
    for (let time = 0; time < 4; time += 1) {
      world.live.owners.set('StatefulSet default/web', { ...web, replicas: 2 });
      await world.pass(graceMs - 20_000);
      world.live.owners.set('StatefulSet default/web', web);
      await world.pass(0);
    }
    expect(await world.left()).toEqual(['10.0.0.5']);
  });

  it('stays when its StatefulSet keeps what is scaled away, until that is gone', async () => {
    const world = await World.open();
    await world.park('10.0.0.5', 'web-2');
    const ownAnnotations = { 'berth.network/addresses-when-scaled': 'Retain' };
    world.live.owners.set('StatefulSet default/web', { ...web, replicas: 0, ownAnnotations });
    await world.pass(100 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5']);
    world.live.owners.clear();
    await world.pass(graceMs);
    expect(await world.left()).toEqual([]);
  });

  it('stays with a Pod that its StatefulSet has left, as long as that lives', async () => {
    const world = await World.open();
    await world.park('10.0.0.5');
    world.live.owners.clear();
    world.live.addPod('default', 'web-0', 'pod-1');
    await world.pass(10 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5']);
    world.live.pods.clear();
    await world.pass(graceMs);
    expect(await world.left()).toEqual([]);
  });

  it('goes when its Pod has another address by now, and stays beside its own of another interface', async () => {
    const world = await World.open();
    await world.park('10.0.0.5');
    await world.park('10.0.0.7', 'web-0', { ifname: 'net1' });
    await world.store.create(claim('10.0.0.6', { ...owned, podUid: 'pod-2' }));
    await settle();
    await world.pass(sandboxDeadlineMs);
    // Until now the ADD of the other may have given it up still.
    expect(await world.left()).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.7']);
    await world.pass(graceMs);
    expect(await world.left()).toEqual(['10.0.0.6', '10.0.0.7']);
  });

  it('stays when it was taken over in the moment in which it would go', async () => {
    const world = await World.open();
    await world.park('10.0.0.5');
    world.live.owners.clear();
    await world.pass(graceMs - 10_000);
    const remove = world.store.delete.bind(world.store);
    world.store.delete = async (key, version) => {
      const present = (await world.store.get<Claim>(key)) as never;
      await world.store.update(present);
      const { spec, ...rest } = (await world.store.get<Claim>(key)) as Claim & { metadata: never };
      const { parkedAt: _, ...held } = spec;
      await world.store.update({ ...rest, spec: { ...held, containerId: 'c2' } } as never);
      return remove(key, version);
    };
    await world.pass(0);
    expect((await world.store.list<Claim>(claimKind)).items.map(({ spec }) => spec.containerId)).toEqual(['c2']);
  });

  it('stays while the API server does not say whether somebody comes', async () => {
    const world = await World.open();
    await world.park('10.0.0.5');
    world.live.owner = () => Promise.reject(new IpamError('store-unavailable', 'it is unreachable'));
    await world.pass(10 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5']);
  });

  it('is one of those of which a round says once that nobody tells who comes', async () => {
    const world = await World.open();
    for (const [n, podName] of ['web-0', 'web-1', 'web-2'].entries()) await world.park(`10.0.0.${n}`, podName);
    world.live.owner = () => Promise.reject(new IpamError('permission-denied', 'it may not be looked up'));
    await world.parked.round();
    expect(world.warnings).toEqual([
      [
        expect.objectContaining({ name: '10.0.0.0', claims: 3 }),
        'could not see who comes back for addresses, of which this is the first; trying at the next round',
      ],
    ]);
  });

  it('of a Deployment stays as long as its Pods ask for it, also while they cannot be read, and goes after that', async () => {
    const world = await World.open(false);
    const asking = (ip: string) =>
      world.live.owners.set('Deployment default/api', { ...web, annotations: { 'kube-ipam.ip': ip } });
    asking('10.0.0.5-10.0.0.6');
    await world.park('10.0.0.5', 'api-5d8f-a', { ownerKind: 'Deployment', ownerName: 'api' });
    await world.park('10.0.0.6', 'api-5d8f-b', { ownerKind: 'Deployment', ownerName: 'api' });
    await world.pass(10 * graceMs);
    asking('10.0.0.');
    await world.pass(10 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5', '10.0.0.6']);
    asking('10.0.0.6');
    await world.pass(graceMs);
    expect(await world.left()).toEqual(['10.0.0.6']);
    world.live.owners.delete('Deployment default/api');
    await world.pass(graceMs);
    expect(await world.left()).toEqual([]);
  });

  it('of a controller that nobody can look up goes ten minutes after its Pod, and comes to nothing before', async () => {
    const world = await World.open();
    const fleet = { ownerKind: 'Fleet.example.org', ownerName: 'web' };
    world.live.owners.set('Fleet.example.org default/web', 'unknown');
    await world.park('10.0.0.5', 'web-0', fleet);
    await world.pass(580_000);
    world.live.addPod('default', 'web-0', 'pod-1');
    const pod = world.live.pods.get('default/web-0');
    if (pod !== undefined)
      world.live.pods.set('default/web-0', {
        ...pod,
        controller: { apiVersion: 'example.org/v1', kind: 'Fleet', name: 'web', uid: 'u' },
      });
    await world.pass(600_000);
    world.live.pods.clear();
    await world.pass(580_000);
    expect(await world.left()).toEqual(['10.0.0.5']);
    await world.pass(20_000);
    expect(await world.left()).toEqual([]);
  });

  it.each([
    ['Identity', 'db'],
    ['Pod', 'web-0'],
  ])('of who asked for it (%s) stays, whoever is there, until it is released', async (ownerKind, ownerName) => {
    const world = await World.open(false);
    await world.park('10.0.0.5', 'web-0', { ownerKind, ownerName });
    await world.pass(40 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5']);
  });

  it('of who asked for it for a time goes after that, a Pod’s not while its Pod is there', async () => {
    const world = await World.open();
    await world.park('10.0.0.5', 'web-0', { ownerKind: 'Pod', ownerName: 'web-0', keptFor: '600s' });
    await world.park('10.0.0.6', '', { ownerKind: 'Identity', ownerName: 'db', keptFor: '600s' });
    world.live.addPod('default', 'web-0', 'pod-1');
    await world.pass(590_000);
    expect(await world.left()).toEqual(['10.0.0.5', '10.0.0.6']);
    await world.pass(2 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5']);
    world.live.pods.clear();
    await world.pass(2 * graceMs);
    expect(await world.left()).toEqual([]);
  });

  it('of a virtual machine goes when that is gone, whether or not it runs, and where enableKubevirtStaticIP is false', async () => {
    const vm = { ownerKind: 'VirtualMachine', ownerName: 'vm' };
    const world = await World.open();
    world.live.owners.set('VirtualMachine default/vm', { ...web, replicas: 1 });
    await world.park('10.0.0.5', 'virt-launcher-vm-abcde', vm);
    await world.pass(40 * graceMs);
    expect(await world.left()).toEqual(['10.0.0.5']);
    world.live.owners.clear();
    await world.pass(graceMs);
    expect(await world.left()).toEqual([]);
    const off = await World.open(false);
    off.live.owners.set('VirtualMachine default/vm', web);
    await off.park('10.0.0.5', 'virt-launcher-vm-abcde', vm);
    await off.pass(graceMs);
    expect(await off.left()).toEqual([]);
  });

  it('goes where enableStatefulSet is false', async () => {
    const world = await World.open(false);
    await world.park('10.0.0.5');
    await world.pass(graceMs);
    expect(await world.left()).toEqual([]);
  });

  it('is nothing that a lost node left', async () => {
    const world = await World.open();
    await world.park('10.0.0.5', 'web-0', { node: 'node9', daemon: 'node9' });
    await world.clock.advance(3_600_000);
    await world.lost.round();
    expect(await world.left()).toEqual(['10.0.0.5']);
  });
});

it("what a lost node holds for a StatefulSet's Pod is parked, and deleted for others", async () => {
  const world = await World.open();
  const on = { node: 'node9', daemon: 'node9' };
  await world.store.create(claim('10.0.0.5', { ...on, ...owned }));
  await world.store.create(claim('10.0.0.6', { ...on, podName: 'api-x' }));
  await settle();
  await world.clock.advance(3_600_000);
  await world.lost.round();
  const { items } = await world.store.list<Claim>(claimKind);
  expect(items.map(({ spec }) => [spec.address, spec.parkedAt !== undefined])).toEqual([['10.0.0.5', true]]);
});
