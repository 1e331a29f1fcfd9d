import { describe, expect, it } from 'vitest';
import type { Allocation } from '../allocation.ts';
import { EndedSandboxes } from './ended-sandboxes.ts';
import { type KernelInterface, MissingInterfaces } from './missing-interfaces.ts';
import { defaultReclaimPolicy } from './policy.ts';

const minute = 60_000;

function allocation(containerId: string, changes: Partial<Allocation> = {}): Allocation {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    node: 'n1',
    pod: { namespace: 'shop', name: 'web-0', uid: 'u1' },
    netns: `/run/netns/${containerId}`,
    addresses: [{ address: '10.0.0.7', pool: 'rack', prefixLength: 24, routes: [] }],
    createdAt: 0,
    ...changes,
  };
}

describe('an allocation whose network namespace is gone', () => {
  /** Looks once a minute. @returns what is found, by minute */
  function watch(
    held: (at: number) => readonly Allocation[],
    hasNetns: (path: string, at: number) => boolean,
    { isTold = false, policy = defaultReclaimPolicy } = {},
  ): readonly string[] {
    const sandboxes = new EndedSandboxes(policy);
    const found: string[] = [];
    for (let at = 0; at <= 40; at += 1) {
      const facts = { allocations: held(at), hasNetns: (path: string) => hasNetns(path, at), isTold: () => isTold };
      for (const { allocation: one, cause } of sandboxes.find({ ...facts, now: at * minute }))
        found.push(`${at} ${one.attachment.containerId} ${cause.reason}`);
    }
    return found.slice(0, 1);
  }
  const [a, b] = [allocation('a'), allocation('b', { createdAt: 21 * minute })];
  const until = (minutes: number) => (path: string, at: number) => path !== '/run/netns/a' || at < minutes;

  it('is found when it was seen before, and has been away for ten minutes', () => {
    expect(watch(() => [a], until(20))).toEqual(['30 a sandbox-gone']);
  });

  it('is not found by a daemon that never saw it: it may not see the folder', () => {
    expect(
      watch(
        () => [a],
        () => false,
      ),
    ).toEqual([]);
  });

  it('is not found when it comes into sight again', () => {
    expect(
      watch(
        () => [a],
        (_, at) => at < 20 || at % 9 === 0,
      ),
    ).toEqual([]);
  });

  it('is not found where nothing tells of a namespace', () => {
    for (const netns of ['', '/proc/17/ns/net'])
      expect(watch(() => [allocation('a', { netns })], until(20))).toEqual([]);
  });

  it('is not found while its Pod is told of and has no other container', () => {
    expect(watch(() => [a], until(20), { isTold: true })).toEqual([]);
  });

  it('is found when its Pod has another container, and that one is kept', () => {
    expect(watch((at) => (at < 21 ? [a] : [a, b]), until(20), { isTold: true })).toEqual(['30 a sandbox-gone']);
  });

  it('is not found because of another Pod of the same name, or of another interface', () => {
    const other = allocation('b', { createdAt: 21 * minute, pod: { namespace: 'shop', name: 'web-0', uid: 'u2' } });
    const second = allocation('b', { createdAt: 21 * minute, attachment: { ...b.attachment, ifname: 'net1' } });
    for (const one of [other, second]) expect(watch(() => [a, one], until(20), { isTold: true })).toEqual([]);
  });

  it('is not found where that is turned off', () => {
    const policy = { ...defaultReclaimPolicy, sandboxGoneMs: undefined };
    expect(watch(() => [a], until(20), { policy })).toEqual([]);
  });

  it('takes three looks, wherever the clock is set meanwhile', () => {
    const sandboxes = new EndedSandboxes();
    const look = (now: number, isThere: boolean) =>
      sandboxes.find({ allocations: [a], hasNetns: () => isThere, isTold: () => false, now }).length;
    expect([look(minute, true), look(2 * minute, false), look(500 * minute, false)]).toEqual([0, 0, 0]);
    expect(look(500 * minute, false)).toBe(1);
  });
});

describe('an allocation whose interface is gone', () => {
  const here: KernelInterface = { name: 'eth0', addresses: ['10.0.0.7'] };
  /** Looks once a minute. @returns when it is found, minutes */
  function watch(present: (at: number) => readonly KernelInterface[] | undefined): number | undefined {
    const interfaces = new MissingInterfaces();
    for (let at = 0; at <= 40; at += 1) {
      const found = new Map([['net/a/eth0', present(at)]]);
      const facts = { allocations: [allocation('a')], found, afterMs: 10 * minute, sandboxDeadlineMs: 5 * minute };
      if (interfaces.find({ ...facts, now: at * minute }).length > 0) return at;
    }
    return undefined;
  }

  it.each<[string, (at: number) => readonly KernelInterface[] | undefined, number | undefined]>([
    ['is found when it was there and has been away for long', (at) => (at < 20 ? [here] : []), 30],
    ['is not found while it is there', () => [here], undefined],
    ['is not found when it was never there: a device that is no interface of the kernel', () => [], undefined],
    ['is not found when it was renamed', (at) => [at < 20 ? here : { ...here, name: 'k6t-eth0' }], undefined],
    ['is not found when it lost its address', (at) => [at < 20 ? here : { ...here, addresses: [] }], undefined],
    ['is not found when nobody can look', (at) => (at < 20 ? [here] : undefined), undefined],
  ])('%s', (_, present, expected) => {
    expect(watch(present)).toBe(expected);
  });
});
