import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import type { Allocation } from '../../ipam/allocation.ts';
import type { AllocateRequest, InlineRange } from '../../ipam/request.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Store } from '../../store/store.ts';
import type { Daemon } from '../daemon.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { tethered } from './tether.ts';
import { daemonOver, type TestClock, world } from './world.ts';

/** Longer than a pool of ranges is kept when nothing of it is held. */
const idleMs = 40_000;
/** Longer than between two looks at what is held. */
const lookMs = 6_000;

export interface Range {
  readonly subnet: string;
  readonly start?: string;
  readonly end?: string;
  readonly gateway?: string;
}

function inline({ subnet, start, end, gateway }: Range): InlineRange {
  const prefix = parsePrefix(subnet);
  const first = { family: prefix.address.family, value: prefix.address.value + 1n };
  return {
    subnet: prefix,
    ...(start === undefined ? {} : { rangeStart: parseAddress(start) }),
    ...(end === undefined ? {} : { rangeEnd: parseAddress(end) }),
    gateway: gateway === undefined ? first : parseAddress(gateway),
  };
}

/** ADD on a network whose file says these ranges, each a set of its own. */
export function add(
  daemon: Daemon,
  network: string,
  containerId: string,
  ranges: readonly Range[],
  networkName?: string,
) {
  const request: AllocateRequest = {
    attachment: { network, containerId, ifname: 'eth0' },
    netns: '',
    source: {
      kind: 'ranges',
      sets: ranges.map((range) => [inline(range)]),
      ...(networkName === undefined ? {} : { networkName }),
    },
    families: [],
    requested: [],
  };
  return daemon.ipam.allocate(request).then(textOf);
}

export function textOf({ addresses }: Allocation): string {
  return addresses.map(({ address, gateway }) => `${address} via ${gateway}`).join(', ');
}

export function del(daemon: Daemon, network: string, containerId: string) {
  return daemon.ipam.release({ network, containerId, ifname: 'eth0' });
}

export async function poolNames(store: Store): Promise<readonly string[]> {
  const { items } = await store.list(poolKind);
  return items.map(({ metadata }) => metadata.name);
}

export async function messageOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

/** Nothing of anything is held: all pools of ranges go. */
export async function passIdle(clock: TestClock, ...daemons: readonly Daemon[]): Promise<void> {
  clock.advance(lookMs);
  for (const daemon of daemons) await daemon.maintenance.round();
  clock.advance(idleMs);
  for (const daemon of daemons) await daemon.maintenance.round();
}

/** Two daemons over one store. */
export async function twoNodes() {
  const first = await world('');
  const { store, cut } = tethered(first.store);
  const node2 = daemonOver({ clock: first.clock, store, journal: new MemoryJournal() }, '', 28, 'node2');
  await node2.start();
  return { ...first, node1: first.daemon, node2, loseNode2: cut };
}

export const conf = 'macvlan-conf';
export const low: Range = { subnet: '10.45.0.0/24', start: '10.45.0.10', end: '10.45.0.11', gateway: '10.45.0.1' };
export const high: Range = { subnet: '10.45.0.0/24', start: '10.45.0.30', end: '10.45.0.39', gateway: '10.45.0.254' };
