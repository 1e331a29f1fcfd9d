import { parsePrefix } from '../../ip/prefix.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import type { Clock } from '../../platform/clock.ts';
import { poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { Daemon } from '../daemon.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { tethered } from './tether.ts';

export const cooldownMs = 30_000;

/** Time that passes only when told to; pauses last until it does, or until they are aborted. */
export class TestClock implements Clock {
  #elapsed = 1_000_000;
  #offset = 1_700_000_000_000;

  now(): number {
    return this.#offset + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  advance(ms: number): void {
    this.#elapsed += ms;
  }

  /** Somebody puts it forward, or back. */
  put(ms: number): void {
    this.#offset += ms;
  }

  pause(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve());
    });
  }
}

export interface World {
  readonly clock: TestClock;
  readonly store: Store;
  readonly journal: MemoryJournal;
  readonly daemon: Daemon;
  /** A new daemon over the same state, as after a crash: the old one neither asks nor hears anything more. */
  restart(): Promise<World>;
}

let uids = 0;

export async function world(
  cidrs = '10.0.0.0/24',
  blockSize = 28,
  from?: Pick<World, 'clock' | 'store' | 'journal'>,
): Promise<World> {
  const clock = from?.clock ?? new TestClock();
  const store = from?.store ?? new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
  const journal = from?.journal ?? new MemoryJournal();
  const tether = tethered(store);
  const daemon = daemonOver({ clock, store: tether.store, journal }, cidrs, blockSize);
  await daemon.start();
  const restart = (): Promise<World> => {
    tether.cut();
    return world(cidrs, blockSize, { clock, store, journal });
  };
  return { clock, store, journal, daemon, restart };
}

export function daemonOver(
  { clock, store, journal }: Pick<World, 'clock' | 'store' | 'journal'>,
  cidrs: string,
  blockSize: number,
  node = 'node1',
): Daemon {
  return new Daemon({
    node,
    store,
    journal,
    clock,
    log: silentLog,
    cooldownMs,
    preleaseThreshold: 0.2,
    maintenanceIntervalMs: 1_000,
    clusterCidrs: cidrs === '' ? [] : cidrs.split(',').map(parsePrefix),
    blockSizes: { 4: blockSize, 6: 120 },
  });
}

export function request(containerId: string, more: Partial<AllocateRequest> = {}): AllocateRequest {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    netns: '',
    source: { kind: 'default' },
    families: [],
    requested: [],
    ...more,
  };
}

export const attachment = (containerId: string) => request(containerId).attachment;

export function pool(name: string, spec: object): Resource {
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec };
}

export async function addressesOf(
  { daemon }: World,
  containerId: string,
  more: Partial<AllocateRequest> = {},
): Promise<string[]> {
  const { addresses } = await daemon.ipam.allocate(request(containerId, more));
  return addresses.map(({ address }) => address);
}
