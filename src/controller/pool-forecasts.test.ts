import { describe, expect, it } from 'vitest';
import { newClaim } from '../resources/claim.ts';
import { silentLog } from '../telemetry/log.ts';
import { PoolForecasts } from './pool-forecasts.ts';
import { newGround, stateOf } from './testing/leading.ts';
import { pool, settle } from './testing/world.ts';

const minute = 60_000;

async function filling({ isLeader = true, warnWithinMs = 24 * 60 * minute } = {}) {
  const ground = newGround();
  const ending = new AbortController();
  await ground.store.create(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.209'] }));
  const state = await stateOf(ground, ending.signal);
  const { clock, live, store } = ground;
  const forecasts = new PoolForecasts({
    ...{ state, live, clock, log: silentLog, warnWithinMs },
    elapsed: () => clock.now(),
    isLeader: () => isLeader,
  });
  let next = 10;
  /** So long, in which so many addresses are taken each minute. */
  const run = async (minutes: number, each: number): Promise<void> => {
    for (let at = 0; at < minutes; at += 1) {
      for (let one = 0; one < each; one += 1) {
        const claim = { address: `10.5.0.${next}`, pool: 'office', node: 'n', daemon: 'n', network: 'net' };
        await store.create(newClaim({ ...claim, containerId: String(next), ifname: 'eth0' }));
        next += 1;
      }
      await clock.advance(minute);
      await settle();
      await forecasts.round();
    }
  };
  return { forecasts, live, run, end: () => ending.abort() };
}

describe('a pool that runs out', () => {
  it('is told by an Event, once an hour while it is so', async () => {
    const { live, run, forecasts, end } = await filling();
    await run(40, 1);
    expect(live.events).toEqual([
      expect.objectContaining({
        type: 'Warning',
        reason: 'IPPoolRunsOut',
        subject: expect.objectContaining({ kind: 'SpiderIPPool', name: 'office' }),
        // A minute behind half an hour, by which the pace of an hour is known: 31 taken, 169 left.
        message: 'pool "office" runs out in 2h 49m at the pace of the last hour: 31 of 200 addresses are out',
      }),
    ]);
    await run(61, 1);
    expect(live.events).toHaveLength(2);
    expect(forecasts.forecasts().map(({ kind, name }) => [kind, name])).toEqual([
      ['pool', 'office'],
      ['subnet', '10.5.0.0/24'],
    ]);
    end();
  });

  it.each([
    ['does not run out within the time', { warnWithinMs: minute }, 1],
    ['stays as it is', {}, 0],
    ['is looked at by another replica', { isLeader: false }, 1],
    ['is of no interest', { warnWithinMs: 0 }, 1],
  ])('is told by nobody that %s', async (_, options, each) => {
    const { live, run, end } = await filling(options);
    await run(40, each);
    expect(live.events).toEqual([]);
    end();
  });
});
