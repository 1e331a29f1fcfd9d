import { describe, expect, it } from 'vitest';
import type { Violation } from '../../ipam/check.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import { silentLog } from '../../telemetry/log.ts';
import { TestClock } from '../testing/world.ts';
import { RegularCheck } from './regular-check.ts';

const doubled: Violation = {
  invariant: 1,
  subject: '10.0.0.1',
  message: 'held by net/a/eth0 and by net/b/eth0',
  repair: 'delete one of the two Pods',
};

describe('the check that nobody asks for', () => {
  const clock = new TestClock();

  it('counts what it found last, and says it in the log', async () => {
    let found: readonly Violation[] = [doubled];
    const said: string[] = [];
    const log: Log = { ...silentLog, warn: (_facts, text) => void said.push(text) };
    const check = new RegularCheck({ administration: { check: async () => found }, clock, log });
    expect(check.findings).toBeUndefined();
    await check.round();
    expect(check.findings).toMatchObject({ at: clock.now(), counts: { doubled: 1, leaked: 0 } });
    expect(said).toEqual(['check: held by net/a/eth0 and by net/b/eth0']);
    found = [];
    clock.advance(1_000);
    await check.round();
    expect(check.findings).toMatchObject({ at: clock.now(), counts: { doubled: 0 } });
  });

  it('keeps what it knows while the store is away, and ends on what is no error of the domain', async () => {
    let answer: () => Promise<readonly Violation[]> = async () => [doubled];
    const check = new RegularCheck({ administration: { check: () => answer() }, clock, log: silentLog });
    await check.round();
    answer = async () => {
      throw new IpamError('store-unavailable', 'no answer');
    };
    await check.round();
    expect(check.findings?.counts.doubled).toBe(1);
    answer = async () => {
      throw new TypeError('a mistake');
    };
    await expect(check.round()).rejects.toThrow('a mistake');
  });

  it('goes on until it is stopped', async () => {
    const stop = new AbortController();
    let times = 0;
    const check = new RegularCheck({
      administration: {
        check: async () => {
          times += 1;
          return [];
        },
      },
      clock,
      log: silentLog,
    });
    const running = check.run(stop.signal);
    stop.abort();
    await running;
    expect(times).toBe(1);
  });
});
