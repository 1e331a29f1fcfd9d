import { describe, expect, it } from 'vitest';
import { newClaim } from '../resources/claim.ts';
import { isIpamError } from '../resources/errors.ts';
import { NodeQuota } from './store-limits.ts';
import { admin, node } from './testing/serve-store.ts';

const megabyte = 1024 * 1024;

describe('what a node writes into the store of its cluster', () => {
  const spec = { pool: 'p', node: 'a', daemon: 'a', network: 'net', ifname: 'eth0', podNamespace: 'shop' };
  const usual = JSON.stringify(
    newClaim({ ...spec, address: '10.0.0.1', containerId: 'c'.repeat(64), podName: 'a-name-of-a-pod' }),
  );
  const quotaAt = (time: { now: number }) =>
    new NodeQuota({
      limits: { claims: 1e9, blocks: 1e9, pools: 1e9, quarantines: 1e9 },
      count: () => new Map(),
      now: () => time.now,
    });
  const codeOf = (act: () => void): string | undefined => {
    try {
      act();
      return undefined;
    } catch (error) {
      if (isIpamError(error)) return error.code;
      throw error;
    }
  };

  it('is bounded in the long run, as each version of an object is kept for minutes', () => {
    const time = { now: 0 };
    const quota = quotaAt(time);
    const long = 'x'.repeat(8_000);
    let taken = 0;
    while (codeOf(() => quota.requireModest(node('a'), long)) === undefined) taken += long.length;
    expect(taken).toBeLessThan(17 * megabyte);
    time.now += 600_000;
    while (codeOf(() => quota.requireModest(node('a'), long)) === undefined) taken += long.length;
    expect(taken).toBeLessThan(200 * megabyte);
    expect(codeOf(() => quota.requireModest(node('a'), long))).toBe('rate-limited');
    expect(codeOf(() => quota.requireModest(node('b'), long))).toBe(undefined);
    for (let write = 0; write < 10_000; write += 1) quota.requireModest(admin, long);
  });

  it('may be ten thousand claims at once, and five hundred a second', () => {
    const time = { now: 0 };
    const quota = quotaAt(time);
    for (let write = 0; write < 10_000; write += 1) quota.requireModest(node('a'), usual);
    for (let second = 0; second < 600; second += 1) {
      for (let write = 0; write < 500; write += 1) quota.requireModest(node('a'), usual);
      time.now += 1_000;
    }
  });
});
