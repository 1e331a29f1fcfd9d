import { describe, expect, it } from 'vitest';
import type { BlockUsage } from '../ipam/port.ts';
import { blockMessage, statsMessage } from './messages.ts';

describe('the counts of a message', () => {
  const block = (counts: Partial<BlockUsage>): BlockUsage => ({
    ...{ cidr: 'fd00::/64', family: 6, pool: 'p', node: 'a', daemon: 'a', coolingDown: 0, createdAt: 0 },
    ...{ total: 2n ** 64n - 2n, used: 3n, unknown: 0n, ...counts },
  });

  it('are digits where 32 bits are too few, and no other number pretends to be them', () => {
    const only = block({});
    expect(blockMessage(only)).toMatchObject({
      ...{ total: -1, used: 3, available: -1 },
      ...{ total_exact: '18446744073709551614', used_exact: '3', available_exact: '18446744073709551611' },
    });
    const stats = statsMessage([only], []);
    const counts = { total_ips: -1, used_ips: 3, available_ips: -1, total_ips_exact: '18446744073709551614' };
    expect(stats).toMatchObject(counts);
    expect(stats.node_stats?.a).toMatchObject(counts);
    expect(JSON.stringify([stats, blockMessage(only)])).not.toContain('2147483647');
  });

  it('have the largest number that fits', () => {
    expect(blockMessage(block({ total: 2n ** 31n - 1n }))).toMatchObject({ total: 2_147_483_647 });
    expect(blockMessage(block({ total: 2n ** 31n }))).toMatchObject({ total: -1, total_exact: '2147483648' });
  });

  it('are no number where something is unknown', () => {
    expect(blockMessage(block({ total: 8n, used: 1n, unknown: 7n }))).toMatchObject({
      ...{ total: 8, used: -1, available: -1, unknown: '7' },
      ...{ total_exact: '8', used_exact: '', available_exact: '' },
    });
  });
});
