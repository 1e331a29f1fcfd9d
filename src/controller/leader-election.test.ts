import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { silentLog } from '../telemetry/log.ts';
import { LeaderElection } from './leader-election.ts';
import type { Lease, LeaseRecords } from './lease-records.ts';
import { settle, TestClock } from './testing/world.ts';

/** `unanswered`: a write is carried out, and nobody hears of it. */
type Cut = 'no' | 'refused' | 'silent' | 'unanswered';

/** One lease that all candidates share; each may be cut off from it. */
class SharedLease {
  lease: Lease | undefined;
  #version = 0;

  records(line: { cut: Cut }): LeaseRecords {
    const reach = async (): Promise<void> => {
      if (line.cut === 'refused') throw new IpamError('store-unavailable', 'cut off');
      if (line.cut === 'silent') await new Promise(() => {});
    };
    const keep = (spec: Lease['spec']): Lease => {
      this.#version += 1;
      this.lease = {
        metadata: { name: 'ipam-controller', namespace: 'berth-system', resourceVersion: String(this.#version) },
        spec,
      };
      return this.lease;
    };
    return {
      get: async () => {
        await reach();
        return this.lease;
      },
      create: async (spec) => {
        await reach();
        if (this.lease !== undefined) throw new IpamError('already-exists', 'there is one');
        return keep(spec);
      },
      replace: async ({ metadata, spec }) => {
        await reach();
        if (metadata.resourceVersion !== this.lease?.metadata.resourceVersion)
          throw new IpamError('conflict', 'changed');
        const kept = keep(spec);
        if (line.cut === 'unanswered') await new Promise(() => {});
        return kept;
      },
    };
  }
}

const times = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };

function candidate(shared: SharedLease, clock: TestClock, identity: string) {
  const line: { cut: Cut } = { cut: 'no' };
  const stop = new AbortController();
  const made = {
    line,
    stop,
    acting: false,
    terms: 0,
    ended: Promise.resolve(),
  };
  const election = new LeaderElection({ ...times, lease: shared.records(line), identity, clock, log: silentLog });
  made.ended = election.run(async (term) => {
    made.acting = true;
    made.terms += 1;
    await new Promise((resolve) => term.addEventListener('abort', resolve));
    made.acting = false;
  }, stop.signal);
  return made;
}

async function two() {
  const shared = new SharedLease();
  const clock = new TestClock();
  const first = candidate(shared, clock, 'first');
  await settle();
  const second = candidate(shared, clock, 'second');
  await settle();
  return { shared, clock, first, second };
}

describe('an election', () => {
  it('has one leader, for as long as it renews', async () => {
    const { clock, first, second } = await two();
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.advance(60_000);
      expect([first.acting, second.acting]).toEqual([true, false]);
    }
    expect(first.terms).toBe(1);
  });

  it.each(['refused', 'silent'] as const)('never has two, when the leader is cut off (%s)', async (cut) => {
    const { clock, first, second, shared } = await two();
    await clock.advance(5_000);
    first.line.cut = cut;
    for (let step = 0; step < 400 && !second.acting; step += 1) {
      await clock.advance(100);
      expect(first.acting && second.acting).toBe(false);
    }
    expect([first.acting, second.acting]).toEqual([false, true]);
    expect(shared.lease?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
    first.line.cut = 'no';
    await clock.advance(60_000);
    expect([first.acting, second.acting]).toEqual([false, true]);
  });

  it('passes on at once when the leader stops in good order', async () => {
    const { clock, first, second, shared } = await two();
    first.stop.abort();
    await first.ended;
    expect(shared.lease?.spec.holderIdentity).toBe('');
    await clock.advance(2_000);
    expect([first.acting, second.acting]).toEqual([false, true]);
  });

  it('passes on at once also when the stop meets a renewal that is under way', async () => {
    const { clock, first, second, shared } = await two();
    first.line.cut = 'unanswered';
    await clock.advance(2_000);
    first.line.cut = 'no';
    first.stop.abort();
    await first.ended;
    expect(shared.lease?.spec.holderIdentity).toBe('');
    await clock.advance(2_000);
    expect([first.acting, second.acting]).toEqual([false, true]);
  });

  it('says that it leads no more when its term ends, and not when what is under way has ended', async () => {
    const shared = new SharedLease();
    const clock = new TestClock();
    const line: { cut: Cut } = { cut: 'no' };
    const said: boolean[] = [];
    const election = new LeaderElection({
      ...times,
      lease: shared.records(line),
      identity: 'own',
      clock,
      log: silentLog,
      onChange: (isLeader) => said.push(isLeader),
    });
    void election.run(() => new Promise(() => {}), new AbortController().signal);
    await settle();
    expect([election.isLeader, said]).toEqual([true, [true]]);
    line.cut = 'refused';
    await clock.advance(12_000);
    expect([election.isLeader, said]).toEqual([false, [true, false]]);
  });

  it('does not believe the clock of another machine', async () => {
    const shared = new SharedLease();
    const clock = new TestClock();
    const renewTime = '1999-01-01T00:00:00.000000Z';
    await shared
      .records({ cut: 'no' })
      .create({ holderIdentity: 'other', leaseDurationSeconds: 15, renewTime }, new AbortController().signal);
    const own = candidate(shared, clock, 'own');
    await clock.advance(14_000);
    expect(own.acting).toBe(false);
    await clock.advance(3_000);
    expect(own.acting).toBe(true);
  });

  it('ends a term when somebody takes the lease by force', async () => {
    const { clock, first, shared } = await two();
    const lease = shared.lease as Lease;
    const forced = { ...lease, spec: { ...lease.spec, holderIdentity: 'somebody' } };
    await shared.records({ cut: 'no' }).replace(forced, new AbortController().signal);
    await clock.advance(2_000);
    expect(first.acting).toBe(false);
  });
});
