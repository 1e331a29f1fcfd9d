import { expect, it } from 'vitest';
import { type Claim, claimKind } from '../resources/claim.ts';
import { type PoolResource, poolKind } from '../resources/pool.ts';
import { namespaceColumns, namespaceRows } from './namespace-rows.ts';

const claim = (podNamespace: string | undefined, pool: string, parkedAt?: string): Claim =>
  ({ kind: claimKind, metadata: { name: 'x' }, spec: { podNamespace, pool, parkedAt } }) as Claim;
const pool = (name: string, namespaceQuota?: number): PoolResource =>
  ({ kind: poolKind, metadata: { name }, spec: { subnet: '10.0.0.0/8', namespaceQuota } }) as PoolResource;

it('what each namespace holds of each pool is counted beside its quota, what is parked among it', () => {
  const claims = [
    claim('shop', 'blue'),
    claim('shop', 'blue', '2026-11-30T00:00:00Z'),
    claim('shop', 'red'),
    claim('bank', 'blue'),
    claim(undefined, 'blue'),
    { kind: claimKind, metadata: { name: 'spoilt' } } as Claim,
  ];
  const rows = namespaceRows(claims, [pool('blue', 20), pool('red')]);
  expect(rows.map((row) => namespaceColumns.map(({ text }) => text(row)))).toEqual([
    ['bank', 'blue', '1', '0', '20'],
    ['shop', 'blue', '2', '1', '20'],
    ['shop', 'red', '1', '0', '-'],
  ]);
});
