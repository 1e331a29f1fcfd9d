import { describe, expect, it } from 'vitest';
import { ServiceManager, watchdogPeriod } from './service-manager.ts';

describe('the watchdog of a supervisor', () => {
  it.each<[string, NodeJS.ProcessEnv, number | undefined]>([
    ['is fed twice in its time', { WATCHDOG_USEC: '60000000' }, 30_000],
    ['is fed by the process that it is for', { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '7' }, 1_500],
    ['of another process is left alone', { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '8' }, undefined],
    ['is not there without a time', {}, undefined],
    ['is not there when the time is none', { WATCHDOG_USEC: '0' }, undefined],
    ['is not there when the time is no number', { WATCHDOG_USEC: 'infinity' }, undefined],
    ['is fed every millisecond at most', { WATCHDOG_USEC: '1' }, 1],
  ])('%s', (_what, env, period) => expect(watchdogPeriod(env, 7)).toBe(period));

  it('is nothing that children hear of', () => {
    const env = {
      NOTIFY_SOCKET: '/run/notify',
      WATCHDOG_USEC: '1000',
      WATCHDOG_PID: String(process.pid),
      PATH: '/bin',
    };
    expect(new ServiceManager(env)).toBeDefined();
    expect(env).toEqual({ PATH: '/bin' });
  });
});
