import type { Applications } from '../../src/controller/applications/applications.ts';
import {
  countAddresses,
  emptyRangeSet,
  overlaps,
  parseRangeSet,
  type RangeSet,
  subtract,
  union,
} from '../../src/ip/range-set.ts';
import { type AppliedApplication, applicationKey, applicationOfPool } from '../../src/ipam/bind/application.ts';
import type { PoolSource } from '../../src/ipam/request.ts';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import type { ControllerReference } from '../../src/resources/controlled-by.ts';
import { type PoolResource, poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';
import { parseReservedIP, reservedIPKind } from '../../src/resources/reserved-ip.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { subnetKind } from '../../src/resources/subnet.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreDecorator } from '../../src/store/wrap.ts';
import { Random } from '../kit/random.ts';
import { Turns } from './turns.ts';
import { BrokenPromise, type World } from './world.ts';

/** The network of Pods whose applications have pools of their own. */
export const automaticNetwork = 'own';
const subnetName = 'wide';
const names = ['flex-a', 'flex-b'] as const;
/** How many addresses a pool has beyond its application's Pods. */
const spare = 2;
const mostReplicas = 14;
const scaledMs = 20_000;

/** Of which pools are cut; fewer addresses than both applications may come to want. */
export const automaticSubnet: Resource = {
  apiVersion: spiderpoolVersion,
  kind: subnetKind,
  metadata: { name: subnetName },
  spec: { ipVersion: 4, subnet: '10.13.0.0/24', gateway: '10.13.0.1', ips: ['10.13.0.10-10.13.0.33'] },
};

function applicationNamed(name: string): AppliedApplication {
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'default', name, uid: `0000-${name}0000` };
}

const applications = names.map(applicationNamed);

/** The application that a Pod is of; undefined: of none that has pools. */
export function ownerOfPools(podName: string | undefined): AppliedApplication | undefined {
  return podName === undefined ? undefined : applications.find(({ name }) => podName.startsWith(`${name}-`));
}

export function keeperOf(podName: string): ControllerReference | undefined {
  const owner = ownerOfPools(podName);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, uid };
}

export function anyPod(random: Random, id: string): string {
  return `${random.pick(names)}-${id}`;
}

/** What a Pod's template asks for. @param usual of its network */
export function sourceOf(podName: string, usual: PoolSource): PoolSource {
  const owner = ownerOfPools(podName);
  if (owner === undefined) return usual;
  return { kind: 'automatic', origin: 'the simulator', subnets: { 4: subnetName }, applications: [owner] };
}

/** Applications that are scaled again and again, as the controller sees them. */
export class AutomaticApplications implements Pick<Applications, 'ready' | 'find'> {
  readonly ready = true;
  readonly #replicas = new Map<string, number>(names.map((name) => [name, 1]));
  readonly #world: World;
  readonly #random: Random;
  readonly #turns: Turns;

  constructor(world: World) {
    this.#world = world;
    this.#random = new Random(world.options.seed + 6);
    this.#turns = new Turns(world);
  }

  readonly keys: readonly string[] = applications.map(applicationKey);

  find(key: string): ReturnType<Applications['find']> {
    const application = applications.find((one) => applicationKey(one) === key);
    if (application === undefined) return undefined;
    return {
      application,
      replicas: this.#replicas.get(application.name) ?? 0,
      asked: {
        interfaces: [{ ifname: 'eth0', subnets: { 4: subnetName } }],
        count: { kind: 'elastic', count: spare },
        isReclaimed: true,
      },
      problem: '',
    };
  }

  run(): void {
    this.#turns.run(() => {
      const name = this.#random.pick(names);
      const replicas = this.#random.below(mostReplicas + 1);
      this.#world.operation('', `scale ${name} to ${replicas}`);
      this.#replicas.set(name, replicas);
      return this.#random.next() * scaledMs;
    });
  }

  stop(): void {
    this.#turns.stop();
  }
}

/** Around the store that all share: no pool that is written for an application has what another's pool has. */
export function watchPools(world: World): StoreDecorator {
  const pools = new Map<string, RangeSet>();
  const look = <R extends Resource>(resource: R): R => {
    if (!isAutomatic(resource)) return resource;
    const { name } = resource.metadata;
    const ips = addressesOf(resource);
    pools.set(name, ips);
    for (const [other, theirs] of pools)
      if (other !== name && overlaps(ips, theirs))
        world.break(new BrokenPromise(3, `pools ${name} and ${other} have the same addresses`, [name, other]));
    return resource;
  };
  return (inner) => ({
    create: async (resource, uid) => look(await inner.create(resource, uid)),
    update: async (resource) => look(await inner.update(resource)),
    delete: async (key, resourceVersion) => {
      await inner.delete(key, resourceVersion);
      if (key.kind === poolKind) pools.delete(key.name);
    },
  });
}

/** The controller has had time: each pool has what its application is to have, or nothing is left to give, and no more than that and what is out. */
export async function checkPools(world: World, store: Store, applied: AutomaticApplications): Promise<void> {
  const pools = (await store.list<PoolResource>(poolKind)).items.filter(isAutomatic);
  const claims = (await store.list<Claim>(claimKind)).items;
  const { items: reservations } = await store.list(reservedIPKind);
  const whole = parseRangeSet((automaticSubnet.spec as { readonly ips: readonly string[] }).ips);
  const taken = [
    ...pools.map(addressesOf),
    ...claims.map(({ spec }) => parseRangeSet([spec.address])),
    ...reservations.map(parseReservedIP),
  ].reduce(union, emptyRangeSet);
  const isExhausted = countAddresses(subtract(whole, taken)) === 0n;
  for (const key of applied.keys) {
    const replicas = applied.find(key)?.replicas ?? 0;
    const pool = pools.find(({ metadata }) => keyOf(metadata.labels) === key);
    const { name = key } = pool?.metadata ?? {};
    const size = pool === undefined ? 0n : countAddresses(addressesOf(pool));
    const held = BigInt(claims.filter(({ spec }) => spec.pool === name).length);
    const [target, most] = [BigInt(replicas + spare), BigInt(spare) + held];
    if (size < target && !isExhausted)
      world.break(new BrokenPromise(6, `at rest: pool ${name} has ${size} addresses of ${target}`, [name]));
    if (size > target && size > most)
      world.break(
        new BrokenPromise(6, `at rest: pool ${name} has ${size} addresses, ${held} out, of ${target}`, [name]),
      );
  }
}

function isAutomatic(resource: Resource): resource is PoolResource {
  return resource.kind === poolKind && applicationOfPool(resource.metadata.labels ?? {}) !== undefined;
}

function keyOf(labels: PoolResource['metadata']['labels'] = {}): string | undefined {
  const owner = applicationOfPool(labels);
  return owner === undefined ? undefined : applicationKey(owner);
}

function addressesOf({ spec }: PoolResource): RangeSet {
  return parseRangeSet(spec.ips ?? []);
}
