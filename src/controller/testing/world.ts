import type { Clock } from '../../platform/clock.ts';
import { newBlock } from '../../resources/block.ts';
import { type ClaimSpec, newClaim } from '../../resources/claim.ts';
import { poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { subnetKind } from '../../resources/subnet.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';

/** Time that passes only when told to, and wakes who waits for it. */
export class TestClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  /** Passes the time, and lets everything that it wakes run until nothing is left to do. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
    await settle();
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#now + ms, wake };
      if (signal.aborted) return resolve();
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake);
    });
  }
}

/** Lets what is under way in memory run to its end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

let uids = 0;

export function newStore(clock: Clock): MemoryStore {
  return new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
}

export function pool(name: string, spec: Readonly<Record<string, unknown>>, metadata: object = {}): Resource {
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name, ...metadata }, spec };
}

export function subnet(name: string, spec: Readonly<Record<string, unknown>>): Resource {
  return { apiVersion: spiderpoolVersion, kind: subnetKind, metadata: { name }, spec };
}

export function claim(address: string, spec: Partial<ClaimSpec> = {}): Resource {
  return newClaim({
    address,
    pool: 'blue',
    node: 'node1',
    daemon: 'node1',
    network: 'net',
    containerId: `c-${address}`,
    ifname: 'eth0',
    podNamespace: 'default',
    podName: 'web-0',
    podUid: 'pod-1',
    ...spec,
  });
}

export function block(cidr: string, spec: { readonly pool?: string; readonly node?: string } = {}): Resource {
  const { pool: poolName = 'blue', node = 'node1' } = spec;
  return newBlock({ cidr, pool: poolName, node, daemon: node });
}

export function keyOf({ kind, metadata: { name, namespace } }: Stored<Resource>): {
  kind: string;
  name: string;
  namespace?: string;
} {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
