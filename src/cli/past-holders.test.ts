import { describe, expect, it } from 'vitest';
import type { NodeRecord__Output } from '../api/generated/ipam/NodeRecord.ts';
import type { Tenure__Output } from '../api/generated/ipam/Tenure.ts';
import { recordMessage } from '../api/history-messages.ts';
import type { HistoryEntry, HistoryEvent } from '../ipam/history/entry.ts';
import { HistoryReading } from '../ipam/history/reading.ts';
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

const address = '10.0.0.1';

function entry(sequence: number, what: HistoryEvent, more: Partial<HistoryEntry> = {}): HistoryEntry {
  const attachment = { network: 'net', containerId: 'a', ifname: 'eth0' };
  return {
    sequence,
    at: sequence * 100,
    what,
    node: 'node1',
    addresses: [{ address, pool: 'p' }],
    attachment,
    ...more,
  };
}

/** As it comes from a daemon that reads the copy of a node that is gone. */
function recordOfLost(at: number, ...entries: readonly HistoryEntry[]): NodeRecord__Output {
  const reading = new HistoryReading({ subject: { kind: 'address', address }, at, limit: 100 });
  for (const one of entries) reading.take(one);
  const {
    tenures = [],
    from_ms,
    until_ms,
    ...record
  } = recordMessage(reading.answer({ node: 'node1', begun: 0 }, undefined));
  // On the wire numbers of 64 bits are text, and so they are read.
  const asText = (fields: object) =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, key.endsWith('_ms') ? String(value) : value]),
    );
  return {
    ...record,
    from_ms: String(from_ms),
    until_ms: String(until_ms),
    tenures: tenures.map(asText),
    gaps: (record.gaps ?? []).map(asText),
  } as unknown as NodeRecord__Output;
}

function told(at: number, ...entries: readonly HistoryEntry[]) {
  const { holders, perhaps } = pastHolders({ records: [recordOfLost(at, ...entries)] }, at);
  return {
    surely: holders.map(({ container_id }) => container_id),
    perhaps: perhaps.map(({ tenure: one, why }) => `${one.container_id}: ${why}`),
  };
}

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
  it('is not sure where entries are missing, nor since when where another IPAM gave it', () => {
    const missing = [entry(1, 'allocated', { since: 90 }), entry(4, 'quarantined', { attachment: undefined })];
    expect(told(150, ...missing)).toEqual({ surely: [], perhaps: ['a: entries are missing'] });
    const migrated = [entry(2, 'held', { since: 0, detail: 'from another IPAM' }), entry(3, 'released', { since: 0 })];
    expect(told(150, ...migrated)).toEqual({ surely: [], perhaps: ['a: nothing tells since when'] });
    expect(told(250, ...migrated)).toEqual({ surely: ['a'], perhaps: [] });
  });
});
