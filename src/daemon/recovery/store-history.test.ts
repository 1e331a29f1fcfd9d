import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { reflect } from '../../store/cache/reflector.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { wrap } from '../../store/wrap.ts';
import { silentLog } from '../../telemetry/log.ts';
import { HeldBack } from '../allocation/held-back.ts';
import { quietHistory } from '../testing/history.ts';
import { TestClock } from '../testing/world.ts';
import { quietMs, StoreHistory } from './store-history.ts';
import { type Known, vanishedAmong } from './vanished.ts';

const kind = 'Thing';

/** The way to a store, that can be lost for all who watch. */
class Way {
  readonly store: Store;
  isLost = false;
  #watches = new AbortController();

  constructor(store: Store) {
    const away = new IpamError('store-unavailable', 'away');
    const isLost = (): boolean => this.isLost;
    const lost = (): AbortSignal => this.#watches.signal;
    this.store = wrap(store, (inner) => ({
      async list(of) {
        if (isLost()) throw away;
        return inner.list(of);
      },
      async *watch(of, from, signal) {
        if (!isLost()) yield* inner.watch(of, from, AbortSignal.any([signal, lost()]));
        if (!signal.aborted) throw away;
      },
    }));
  }

  lose(): void {
    this.isLost = true;
    this.#watches.abort();
    this.#watches = new AbortController();
  }
}

/** One daemon that follows what all daemons write, and none of which is its own. */
class Follower {
  readonly clock = {
    now: () => this.#now,
    elapsed: () => this.#now,
    // Time passes when nothing else is to be done.
    pause: async (ms: number, signal: AbortSignal): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.isLongPauseEndless && ms > 1_000 && !signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (!signal.aborted) this.#now += ms;
    },
  };
  isLongPauseEndless = false;
  readonly heldBack = new HeldBack(this.clock, () => {});
  readonly history = new StoreHistory({
    clock: this.clock,
    log: silentLog,
    heldBack: this.heldBack,
    sandboxDeadlineMs: 300_000,
    cooldownMs: 30_000,
    outage: () => '',
    onWentBack: () => {},
  });
  readonly known = new Map<string, Known<string>>();
  readonly stop = new AbortController();
  #now = 0;

  async follow(store: Store): Promise<void> {
    const see = ({ metadata }: Stored<Resource>): void => {
      const address = { family: 4, value: BigInt(this.known.size) } as const;
      const facts = { isUnseen: false, isOwn: false, isInUse: () => false };
      this.known.set(metadata.uid, {
        item: metadata.uid,
        metadata,
        addresses: { first: address, last: address },
        ...facts,
      });
    };
    const reflection = {
      replace: (list: readonly Stored<Resource>[]) => {
        for (const uid of vanishedAmong(kind, [...this.known.values()], list, this.history)) this.known.delete(uid);
        list.forEach(see);
      },
      put: see,
      remove: ({ metadata }: Stored<Resource>) => void this.known.delete(metadata.uid),
    };
    const pause = (ms: number, signal: AbortSignal): Promise<void> => this.history.pauseToAsk(ms, signal);
    await reflect(store, kind, reflection, { log: silentLog, signal: this.stop.signal, pause, history: this.history });
    this.history.isStarting = false;
  }

  /** As an ADD that needs something new, and comes again until it is known whether the store is the one that it was. */
  async admitted(): Promise<string> {
    for (;;) {
      const answer = await this.history.admit().then(
        () => 'admitted',
        (error: Error) => error.message,
      );
      if (!answer.startsWith('nobody knows yet')) return answer;
    }
  }
}

async function scene() {
  let uids = 0;
  const memory = new MemoryStore({ now: () => 0, newUid: () => `u${++uids}` });
  const way = new Way(memory);
  const make = (name: string) => memory.create({ apiVersion: 'v1', kind, metadata: { name }, spec: {} });
  const remove = (name: string) => memory.delete({ kind, name }, undefined);
  for (let n = 1; n <= 12; n += 1) await make(`first${n}`);
  const daemon = new Follower();
  await daemon.follow(way.store);
  await make('seen');
  while (daemon.known.size < 13) await new Promise((resolve) => setImmediate(resolve));
  return { memory, way, make, remove, daemon };
}

describe('a daemon whose watch is interrupted', () => {
  it('takes nothing for lost that others gave back meanwhile, though it is all that it had seen', async () => {
    const { way, make, remove, daemon } = await scene();
    way.lose();
    for (let n = 1; n <= 12; n += 1) await remove(`first${n}`);
    await remove('seen');
    for (let n = 1; n <= 12; n += 1) await make(`second${n}`);
    way.isLost = false;
    expect(await daemon.admitted()).toBe('admitted');
    expect(daemon.history.violations()).toEqual([]);
    expect([...daemon.known.values()].map(({ metadata }) => metadata.name).sort()[0]).toBe('second1');
    daemon.stop.abort();
  });

  it('is asked at once whether the store is the one that it was, when a call waits for that after a long outage', async () => {
    const { way, daemon } = await scene();
    daemon.isLongPauseEndless = true;
    way.lose();
    // Long enough for the next look to be seconds away.
    for (let n = 0; n < 40; n += 1) await new Promise((resolve) => setImmediate(resolve));
    way.isLost = false;
    expect(await daemon.history.admit()).toBeGreaterThan(0);
    daemon.stop.abort();
  });

  it('takes for lost what was there before the store went back, though that came further, and kept others out of it', async () => {
    const { memory, way, make, remove, daemon } = await scene();
    const snapshot = memory.snapshot();
    await make('lost');
    while (daemon.known.size < 14) await new Promise((resolve) => setImmediate(resolve));
    way.lose();
    memory.restore(snapshot);
    // The first deletion takes the place of what is lost in the count of versions, so nobody is told of it.
    for (let n = 1; n <= 12; n += 1) await remove(`first${n}`);
    way.isLost = false;
    expect(await daemon.admitted()).toMatch(
      /^the store went back \(Thing: 2 of 13 that are gone were deleted by nobody\), and nothing new is taken/,
    );
    const [violation] = daemon.history.violations();
    expect(violation?.message).toContain('13 addresses that others had are held back until 1970-01-01T00:06');
    daemon.stop.abort();
  });
});

describe('the time for which a store that went back is left alone', () => {
  const waiting = () => {
    const clock = new TestClock();
    const history = quietHistory(clock);
    history.isStarting = false;
    history.wentBack(kind, 'an older version');
    return { clock, history };
  };

  it('is not over early when somebody puts the clock an hour forward', () => {
    const { clock, history } = waiting();
    clock.put(3_600_000);
    clock.advance(quietMs - 1);
    expect(history.quietBecause).toContain('went back');
    expect(history.isSettling).toBe(true);
  });

  it('is no hour longer when a clock that was ahead is put back', () => {
    const { clock, history } = waiting();
    clock.put(-3_600_000);
    clock.advance(quietMs);
    expect(history.quietBecause).toBe('');
  });
});
