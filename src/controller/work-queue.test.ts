import { describe, expect, it } from 'vitest';
import { silentLog } from '../telemetry/log.ts';
import { TestClock } from './testing/world.ts';
import { type Result, WorkQueue, type WorkQueueOptions } from './work-queue.ts';

function queue(reconcile: (key: string) => Promise<Result>, more: Partial<WorkQueueOptions> = {}) {
  const clock = new TestClock();
  const stop = new AbortController();
  const done: string[] = [];
  const made = new WorkQueue({
    kind: 'pool',
    reconcile,
    clock,
    log: silentLog,
    signal: stop.signal,
    concurrency: 4,
    settleMs: 50,
    paceMs: 1_000,
    onDone: (_kind, outcome) => done.push(outcome),
    ...more,
  });
  return { clock, stop, done, queue: made };
}

const unchanged: Result = { outcome: 'unchanged' };

describe('a queue of work', () => {
  it('looks once at what changed a thousand times, and once more a second later', async () => {
    let looks = 0;
    const { clock, queue: work } = queue(async () => {
      looks += 1;
      return unchanged;
    });
    for (let change = 0; change < 1_000; change += 1) work.add('blue');
    await clock.advance(50);
    expect(looks).toBe(1);
    for (let change = 0; change < 1_000; change += 1) work.add('blue');
    await clock.advance(900);
    expect(looks).toBe(1);
    await clock.advance(100);
    expect(looks).toBe(2);
    await clock.advance(10_000);
    expect(looks).toBe(2);
    expect(work.length).toBe(0);
  });

  it('never looks at one key twice at the same time, and does not forget a change meanwhile', async () => {
    const gates: (() => void)[] = [];
    const { clock, queue: work } = queue(() => new Promise((resolve) => gates.push(() => resolve(unchanged))));
    work.add('blue');
    await clock.advance(50);
    work.add('blue');
    await clock.advance(5_000);
    expect(gates).toHaveLength(1);
    gates[0]?.();
    await clock.advance(1_000);
    expect(gates).toHaveLength(2);
  });

  it('has no more at work than it may', async () => {
    const gates: (() => void)[] = [];
    const { clock, queue: work } = queue(() => new Promise((resolve) => gates.push(() => resolve(unchanged))), {
      concurrency: 2,
    });
    for (const key of ['a', 'b', 'c']) work.add(key);
    await clock.advance(50);
    expect(gates).toHaveLength(2);
    gates[0]?.();
    await clock.advance(0);
    expect(gates).toHaveLength(3);
    expect(work.length).toBe(2);
  });

  it('waits while keys keep coming, but not for ever', async () => {
    const looks: string[] = [];
    const look = async (key: string): Promise<Result> => {
      looks.push(key);
      return unchanged;
    };
    const { clock, queue: work } = queue(look, { rush: { quietMs: 200, longestMs: 1_000 } });
    work.add('a');
    await clock.advance(150);
    work.add('b');
    await clock.advance(150);
    expect(looks).toEqual([]);
    await clock.advance(50);
    expect(looks).toEqual(['a', 'b']);
    await clock.advance(1_000);
    const comeFor = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 100) {
        work.add(`c${clock.now()}`);
        await clock.advance(100);
      }
    };
    await comeFor(900);
    expect(looks).toHaveLength(2);
    // What goes on for longer is waited for no more.
    await comeFor(300);
    expect(looks).toHaveLength(2 + 12);
  });

  it('takes what is looked at again by itself for no rush', async () => {
    const looks: string[] = [];
    const look = async (key: string): Promise<Result> => {
      looks.push(key);
      return unchanged;
    };
    const { clock, queue: work } = queue(look, { rush: { quietMs: 200, longestMs: 1_000 } });
    work.add('a');
    for (let passed = 0; passed < 200; passed += 50) {
      work.revisit(`b${passed}`);
      await clock.advance(50);
    }
    expect(looks).toEqual(['a', 'b0', 'b50', 'b100', 'b150']);
  });

  it('tries what fails later and later, and lets nothing else wait for it', async () => {
    const looks: string[] = [];
    const {
      clock,
      done,
      queue: work,
    } = queue(async (key) => {
      looks.push(key);
      if (key === 'bad') throw new Error('cannot');
      return unchanged;
    });
    work.add('bad');
    work.add('good');
    await clock.advance(50);
    expect(looks).toEqual(['bad', 'good']);
    expect(done).toEqual(['failed', 'unchanged']);
    await clock.advance(500);
    await clock.advance(999);
    expect(looks.filter((key) => key === 'bad')).toHaveLength(2);
    await clock.advance(1);
    expect(looks.filter((key) => key === 'bad')).toHaveLength(3);
  });

  it('comes back when a look asks for it', async () => {
    let looks = 0;
    const { clock, queue: work } = queue(async () => {
      looks += 1;
      return looks === 1 ? { outcome: 'unchanged', againMs: 5_000 } : unchanged;
    });
    work.add('blue');
    await clock.advance(50 + 4_999);
    expect(looks).toBe(1);
    await clock.advance(1);
    expect(looks).toBe(2);
  });

  it('begins nothing after its end, and ends when the last look has ended', async () => {
    const gates: (() => void)[] = [];
    const { clock, stop, queue: work } = queue(() => new Promise((resolve) => gates.push(() => resolve(unchanged))));
    work.add('a');
    await clock.advance(50);
    work.add('b');
    stop.abort();
    let isOver = false;
    const ended = work.ended().then(() => (isOver = true));
    await clock.advance(5_000);
    expect({ isOver, begun: gates.length }).toEqual({ isOver: false, begun: 1 });
    gates[0]?.();
    await ended;
  });
});
