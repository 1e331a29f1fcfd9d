import { describe, expect, it } from 'vitest';
import { newBlock } from '../../resources/block.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { quietHistory } from '../testing/history.ts';
import { knownBlocks, revivedAmong } from './known-blocks.ts';

const clock = { now: () => 0, elapsed: () => 0, pause: () => Promise.resolve() };

function block(cidr: string, uid: string, daemon = 'node1') {
  const made = newBlock({ cidr, pool: 'pods', node: daemon, daemon });
  return { ...made, metadata: { ...made.metadata, uid, resourceVersion: '1', creationTimestamp: '' } };
}

const kept = block('10.0.0.0/28', 'kept');
const inUse = block('10.0.0.16/28', 'in-use');
const returned = block('10.0.0.32/28', 'returned');
const others = block('10.0.0.48/28', 'others', 'node2');
const all = [kept, inUse, returned, others];

async function journal(): Promise<MemoryJournal> {
  const record = new MemoryJournal();
  const held = { address: '10.0.0.17', prefixLength: 28, pool: 'pods', block: inUse.spec.cidr, routes: [] };
  const attachment = { network: 'n', containerId: 'c', ifname: 'eth0' };
  const allocation = { attachment, node: 'node1', netns: '', addresses: [held], createdAt: 1 };
  await record.commit([{ type: 'hold', allocation }]);
  return record;
}

describe('blocks that a start finds as its own', () => {
  const state = { pools: [], reservations: [], blocks: [kept] };

  it('are handed back when they were returned, though nothing shows that the store went back', async () => {
    const record = await journal();
    const history = quietHistory(clock);
    const known = () => knownBlocks(state, record);
    expect(history.isSettling).toBe(false);
    expect(revivedAmong(all, { daemon: 'node1', history, known })).toEqual([returned]);
  });

  it('are all its own for a daemon that has no state from when it ran last', async () => {
    const record = await journal();
    const known = () => knownBlocks(undefined, record);
    expect(revivedAmong(all, { daemon: 'node1', history: quietHistory(clock), known })).toEqual([]);
  });

  it('are what it has, once it runs', async () => {
    const record = await journal();
    const history = quietHistory(clock);
    history.isStarting = false;
    const known = () => knownBlocks(state, record);
    expect(revivedAmong(all, { daemon: 'node1', history, known })).toEqual([]);
  });
});
