import { describe, expect, it } from 'vitest';
import type { Forecast, SampleTime, Usage } from './usage-record.ts';
import { UsageRecord } from './usage-record.ts';

const minute = 60_000;
const start = 1_700_000_000_000;

/** A machine with a clock that can be put. */
function machine(record = new UsageRecord()) {
  let elapsed = 0;
  let offset = start;
  let boot: string | undefined = 'boot-1';
  const time = (): SampleTime => ({ now: offset + elapsed, elapsed, boot });
  return {
    record,
    time,
    /** So long, sampled once a minute: one address more each time. */
    run: (minutes: number, taken: (minute: number) => number = (at) => at) => {
      for (let at = 0; at < minutes; at += 1) {
        elapsed += minute;
        record.take([office(taken(elapsed / minute))], time());
      }
    },
    put: (by: number) => {
      offset += by;
    },
    reboot: (offMs: number) => {
      offset += elapsed + offMs;
      elapsed = 0;
      boot = 'boot-2';
    },
  };
}

const office = (taken: number): Usage => ({ kind: 'pool', name: 'office', family: 4, taken, total: 1_000 });
const hourOf = (forecasts: readonly Forecast[]) =>
  forecasts[0]?.outlooks.find(({ window }) => window === 'hour')?.outlook;

describe('the record of what was out', () => {
  it('knows the hour after half of one, and not the day nor the week', () => {
    const { record, run } = machine();
    run(31);
    expect(record.forecasts()[0]?.outlooks.map(({ outlook }) => outlook.kind)).toEqual(['known', 'unknown', 'unknown']);
  });

  it('knows the week after half of one, of a few hundred samples', () => {
    const { record, run } = machine();
    run(4 * 24 * 60, (at) => Math.floor(at / 60));
    const [forecast] = record.forecasts();
    expect(forecast?.outlooks.map(({ outlook }) => outlook.kind)).toEqual(['known', 'known', 'known']);
    const [ofPool] = record.kept?.subjects ?? [];
    expect(ofPool?.levels.flat().length).toBeLessThan(260);
    // One an hour, at each of the three paces.
    for (const { outlook } of forecast?.outlooks.slice(1) ?? [])
      expect(outlook.kind === 'known' ? (outlook.pace.low + outlook.pace.high) / 2 : 0).toBeCloseTo(1, 1);
  });

  it.each([
    ['forward', 7_200_000],
    ['back', -7_200_000],
  ])('is not confused by a clock that is put %s', (_, by) => {
    const { record, run, put } = machine();
    run(40);
    put(by);
    run(20);
    expect(hourOf(record.forecasts())).toMatchObject({
      kind: 'known',
      pace: { low: expect.closeTo(60), high: expect.closeTo(60) },
    });
  });

  it('goes on after a restart of its process, also when the clock was put meanwhile', () => {
    const before = machine();
    before.run(40);
    const after = new UsageRecord(before.record.kept);
    before.put(3_600_000);
    const { now, elapsed, boot } = before.time();
    after.take([office(41)], { now: now + minute, elapsed: elapsed + minute, boot });
    expect(hourOf(after.forecasts())).toMatchObject({
      kind: 'known',
      pace: { low: expect.closeTo(60), high: expect.closeTo(60) },
    });
  });

  it('takes the time that a machine was off for time, and a clock that came back earlier for none', () => {
    for (const [off, isKnown] of [
      [10 * minute, true],
      [-600 * minute, true],
      [50 * minute, true],
    ] as const) {
      const { record, run, reboot } = machine();
      run(40);
      reboot(off);
      run(1);
      expect(hourOf(record.forecasts())?.kind === 'known').toBe(isKnown);
    }
  });

  it('forgets what is not there any more, after an hour', () => {
    const { record, time, run } = machine();
    run(5);
    record.take([{ ...office(1), name: 'other' }], {
      ...time(),
      now: time().now + 61 * minute,
      elapsed: time().elapsed + 61 * minute,
    });
    expect(record.forecasts().map(({ name }) => name)).toEqual(['other']);
  });

  it('tells pools first, then subnets, then nodes, and one alone when that is asked for', () => {
    const { record, time } = machine();
    const usages = [
      { ...office(1), kind: 'node', name: 'n1', family: 6 },
      { ...office(1), kind: 'node', name: 'n1' },
      { ...office(1), kind: 'subnet', name: '10.0.0.0/24' },
      office(1),
      { ...office(1), name: 'lab' },
    ] as const;
    record.take(usages, time());
    expect(record.forecasts().map(({ name }) => name)).toEqual(['lab', 'office', '10.0.0.0/24', 'n1', 'n1']);
    expect(record.forecasts({ kind: 'node', name: 'n1' }).map(({ family }) => family)).toEqual([4, 6]);
  });
});
