import { expect, it } from 'vitest';
import { strangerBudget } from './security.ts';

it('lets a stranger have an answer over gRPC, however little strangers may cost', () => {
  const time = { now: 0 };
  const budget = strangerBudget(0.1, () => time.now);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    // A connection, its session, a call.
    expect([budget.take('192.0.2.1'), budget.take('192.0.2.1', 5), budget.take('192.0.2.1')]).toEqual([0, 0, 0]);
    time.now += 120_000;
  }
  const unlimited = strangerBudget(0, () => 0);
  expect([unlimited.take('192.0.2.1', 1_000), unlimited.take('192.0.2.1')]).toEqual([0, 0]);
});
