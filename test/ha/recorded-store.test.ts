import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IpamError } from '../../src/resources/errors.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { ResourceKey } from '../../src/store/store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { Random } from '../kit/random.ts';
import { contend } from './contention.ts';
import { linearizability } from './linearizability.ts';
import type { Operation } from './operation.ts';
import { recorded } from './recorded-store.ts';

/** Loses some answers, before or after the write; everything takes a turn or more. */
class LossyStore extends MemoryStore {
  readonly random = new Random(7);

  override get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    return this.lossy(() => super.get<R>(key));
  }

  override create<R extends Resource>(resource: R): Promise<Stored<R>> {
    return this.lossy(() => super.create(resource));
  }

  override update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.lossy(() => super.update(resource));
  }

  override delete(key: ResourceKey, version: string | undefined): Promise<void> {
    return this.lossy(() => super.delete(key, version));
  }

  protected async lossy<T>(act: () => Promise<T>): Promise<T> {
    const fate = this.random.below(40);
    for (let turns = this.random.below(4); turns > 0; turns -= 1) await turn();
    if (fate === 0) throw new IpamError('store-unavailable', 'not sent');
    const value = await act();
    for (let turns = this.random.below(4); turns > 0; turns -= 1) await turn();
    if (fate === 1) throw new IpamError('store-unavailable', 'no answer');
    return value;
  }
}

/** Now and then says that something was written which was not. */
class ForgetfulStore extends LossyStore {
  override async create<R extends Resource>(resource: R): Promise<Stored<R>> {
    const created = await super.create(resource);
    const { kind, metadata } = created;
    if (this.random.below(20) === 0)
      await super.delete({ kind, name: metadata.name }, undefined).catch(() => undefined);
    return created;
  }
}

/** Answers some reads from memory. */
class StaleStore extends LossyStore {
  readonly #old = new Map<string, Stored<Resource> | undefined>();

  override async get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    if (this.random.below(10) === 0 && this.#old.has(key.name)) return this.#old.get(key.name) as Stored<R>;
    const value = await super.get<R>(key);
    this.#old.set(key.name, value);
    return value;
  }
}

async function historyOf(store: MemoryStore, seed: number): Promise<readonly Operation[]> {
  const history: Operation[] = [];
  let time = 0;
  const stop = new AbortController();
  const clients = Array.from({ length: 6 }, (_, n) => {
    const client = `node${n}`;
    const ofClient = wrap(store, recorded({ client, history, now: () => (time += 1) }));
    const pause = async (): Promise<void> => {
      await turn();
      if (history.length >= 1_500) stop.abort();
    };
    const random = new Random(seed * 100 + n);
    return contend({ store: ofClient, client, random, blocks: 12, generation: () => 0, signal: stop.signal, pause });
  });
  await Promise.all(clients);
  return history;
}

const options = { now: Date.now, newUid: randomUUID };

describe('a recorded history', () => {
  it.each([1, 2, 3])('of a store that loses answers is linearizable (seed %i)', async (seed) => {
    const history = await historyOf(new LossyStore(options), seed);
    expect(history.some(({ outcome }) => outcome.type === 'unknown')).toBe(true);
    expect(linearizability(history)).toMatchObject({ type: 'linearizable', keys: 12 });
  });

  it.each([
    ['forgets what it said it wrote', () => new ForgetfulStore(options)],
    ['reads what is no longer so', () => new StaleStore(options)],
  ])('of a store that %s is not', async (_name, open) => {
    expect(linearizability(await historyOf(open(), 1)).type).toBe('broken');
  });
});
