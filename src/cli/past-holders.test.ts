import { describe, expect, it } from 'vitest';
import type { NodeRecord__Output } from '../api/generated/ipam/NodeRecord.ts';
import type { Tenure__Output } from '../api/generated/ipam/Tenure.ts';
import { reclaimRecord } from '../resources/history.ts';
import { pastHolders } from './past-holders.ts';

const tenure = (from: number, until = 0): Tenure__Output =>
  ({
    from_earliest_ms: String(from),
    from_latest_ms: String(from),
    until_earliest_ms: String(until),
    until_latest_ms: String(until),
  }) as Tenure__Output;
const record = (node_id: string, until_ms: number, ...tenures: readonly Tenure__Output[]): NodeRecord__Output =>
  ({
    node_id,
    from_ms: '1',
    until_ms: String(until_ms),
    tenures_left_out: 0,
    gaps: [],
    tenures,
  }) as unknown as NodeRecord__Output;

describe('who had an address at a time', () => {
  it('is who has it still, of a daemon that answers', () => {
    const { holders, perhaps } = pastHolders({ records: [record('n1', 0, tenure(1_000))] }, 9_000);
    expect([holders.length, perhaps.length]).toEqual([1, 0]);
  });

  it('is who had it when a node was lost that has told so, up to then; and afterwards perhaps', () => {
    const records = [record('n1', 5_000, tenure(1_000))];
    expect(pastHolders({ records }, 5_000).holders).toHaveLength(1);
    const { holders, perhaps, unknown } = pastHolders({ records }, 5_001);
    expect(holders).toEqual([]);
    expect(perhaps.map(({ why }) => why)).toEqual([expect.stringContaining('of node "n1" nothing is known after')]);
    expect(unknown).toHaveLength(1);
  });

  it('is surely who had it until the controller took it back, also when their node had told nothing for long', () => {
    const records = [record('n1', 5_000, tenure(1_000, 7_000)), record(reclaimRecord, 7_000)];
    expect(pastHolders({ records }, 6_999)).toMatchObject({ holders: [{}], perhaps: [] });
  });

  it('leaves nothing open for what the controller does not say', () => {
    expect(pastHolders({ records: [record('n1', 0), record(reclaimRecord, 7_000)] }, 9_000).unknown).toEqual([]);
  });
});
