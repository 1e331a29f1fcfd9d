import { describe, expect, it } from 'vitest';
import { noPool } from '../../ipam/select/rejection.ts';
import { type ErrorCode, IpamError } from '../../resources/errors.ts';
import { eventMessages, eventReason } from './pod-events.ts';

const passedOver = (count: number) =>
  noPool(
    4,
    Array.from({ length: count }, (_, index) => ({
      pool: `pool-${index}`,
      reason: () => `is for namespaces labelled tenant=t${index}, and namespace "shop" has tenant=blue`,
    })),
  );

describe('the Events of a Pod that gets no address', () => {
  it('say what is wrong and what to do', () => {
    const error = new IpamError('pool-exhausted', 'no IPv4 address left', { advice: 'add a pool' });
    expect(eventMessages(error)).toEqual(['no IPv4 address left; add a pool']);
  });

  it('are one when a message shows all pools that were passed over', () => {
    const [only, ...more] = eventMessages(passedOver(3));
    expect(more).toEqual([]);
    expect(only).toContain('"pool-2" is for namespaces labelled tenant=t2');
  });

  it('are as many as it takes to show every pool with its reason, each of a size that an API server takes', () => {
    const texts = eventMessages(passedOver(60));
    expect(texts.length).toBeGreaterThan(2);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(1_024);
    const all = texts.join('\n');
    for (let index = 0; index < 60; index += 1) expect(all).toContain(`tenant=t${index},`);
  });
});

describe('the reason of an Event', () => {
  it.for<readonly [ErrorCode, string]>([
    ['pool-exhausted', 'FailedIPAllocation'],
    ['address-conflict', 'IPConflict'],
    ['gateway-unreachable', 'GatewayUnreachable'],
  ])('of %s is %s', ([code, reason]) => {
    expect(eventReason(new IpamError(code, 'x'))).toBe(reason);
  });
});
