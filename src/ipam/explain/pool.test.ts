import { describe, expect, it } from 'vitest';
import { emptyRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { BlockUsage, PoolUsage } from '../port.ts';
import { explainPool, type PoolFacts } from './pool.ts';

const poolOf = (spec: object): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: 'office' }, spec });
const shared = poolOf({ subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.19'], default: true });
const blocks = poolOf({ subnet: '10.6.0.0/24', blockSize: 26, default: true });
const usage: PoolUsage = {
  name: 'office',
  subnet: '10.5.0.0/24',
  family: 4,
  isDefault: true,
  disabled: false,
  isTerminating: false,
  blocks: 0,
  total: 10n,
  used: 0n,
  unknown: 0n,
  parked: 0,
  coolingDown: 0,
};
const leased = { ...usage, blockSize: 26, total: 244n };
const none = { planned: emptyRangeSet, quarantined: emptyRangeSet, heldBack: emptyRangeSet, blocks: [] };
const block = (more: Partial<BlockUsage>): BlockUsage => ({
  cidr: '10.6.0.0/26',
  family: 4,
  pool: 'office',
  node: 'node1',
  daemon: 'node1',
  total: 61n,
  used: 61n,
  unknown: 0n,
  coolingDown: 0,
  createdAt: 0,
  ...more,
});

describe('why a pool is as full as it is', () => {
  it.each<[string, Partial<PoolFacts>, string, object]>([
    [
      'with room',
      { usage: { ...usage, used: 3n } },
      'pool "office" has 7 of 10 addresses free',
      { free: 7n, held: 3n },
    ],
    [
      'exhausted, some of it for owners that are not there',
      { usage: { ...usage, used: 10n, parked: 4 } },
      'pool "office" is exhausted: of 10 addresses 6 are held, 4 are kept for absent owners',
      { held: 6n, kept: 4n },
    ],
    [
      'with nothing but what cools down',
      { usage: { ...usage, used: 8n, coolingDown: 2 } },
      'pool "office" has nothing fresh: of 10 addresses 8 are held, 2 cool down',
      { held: 8n, 'cooling-down': 2n },
    ],
    [
      'of which something is reserved and in quarantine, each counted once',
      {
        usage: { ...usage, total: 7n },
        planned: parseRangeSet(['10.5.0.10-10.5.0.11', '10.5.0.200']),
        quarantined: parseRangeSet(['10.5.0.11-10.5.0.12']),
      },
      'pool "office" has 7 of 7 addresses free',
      { free: 7n, reserved: 1n, quarantined: 2n },
    ],
    [
      'whose author excludes some and keeps some for who asks',
      {
        pool: poolOf({
          subnet: '10.5.0.0/24',
          ips: ['10.5.0.10-10.5.0.20'],
          excludeIPs: ['10.5.0.20'],
          fixedIPs: ['10.5.0.90'],
        }),
        usage,
      },
      'pool "office" has 10 of 10 addresses free',
      { free: 10n, excluded: 1n, fixed: 1n },
    ],
    [
      'that is switched off',
      { pool: { ...shared, disabled: true } },
      'pool "office" is disabled: it gives nothing out',
      {},
    ],
    [
      'that is being deleted',
      { pool: { ...shared, disabled: true }, usage: { ...usage, isTerminating: true, used: 1n } },
      'pool "office" is being deleted: it gives nothing out, and goes when nothing of it is out any more',
      {},
    ],
    ['that lists nothing', { usage: { ...usage, total: 0n } }, 'pool "office" has no address that it may give out', {}],
    [
      'of blocks: what their edges take, and what is leased',
      { pool: blocks, usage: { ...leased, used: 60n }, blocks: [block({ used: 60n })] },
      'pool "office" has 184 of 244 addresses free',
      { free: 184n, held: 60n, 'block-edges': 12n },
    ],
    [
      'of blocks that are all leased: a node may have none although some are free',
      { pool: blocks, usage: { ...leased, used: 200n }, blocks: [block({ total: 244n, used: 200n, node: 'node2' })] },
      'pool "office" has 44 of 244 addresses free, and no block is left to lease: a node whose own blocks are full gets none',
      { free: 44n },
    ],
    [
      'of blocks of which nobody was heard',
      { pool: blocks, usage: { ...leased, unknown: 244n }, blocks: [block({ total: 244n, used: 0n, unknown: 244n })] },
      'pool "office" may be exhausted: of 244 addresses 244 are in blocks of daemons that were not heard',
      { unknown: 244n },
    ],
  ])('%s', (_, facts, message, shares) => {
    const { shares: told, ...explained } = explainPool({ ...none, pool: shared, usage, ...facts });
    expect(explained.message).toBe(message);
    expect(Object.fromEntries(told.map(({ kind, count }) => [kind, count]))).toMatchObject(shares);
  });

  it('says whom it is for', () => {
    const pool = poolOf({
      subnet: '10.5.0.0/24',
      nodeName: ['n1'],
      namespaceName: ['shop'],
      podAffinity: { matchLabels: { app: 'web' } },
      namespaceQuota: 5,
    });
    expect(explainPool({ ...none, pool, usage }).conditions).toEqual([
      'only who names it: it is not a default pool',
      'only nodes "n1"',
      'only namespaces "shop"',
      'only Pods labelled app=web',
      'at most 5 for each namespace',
    ]);
  });
});
