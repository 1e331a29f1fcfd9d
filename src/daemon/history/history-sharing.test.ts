import { describe, expect, it } from 'vitest';
import type { Peers } from '../../ipam/cluster-port.ts';
import { packed } from '../../ipam/history/packing.ts';
import { numbered, reclaimNotes } from '../../ipam/history/reclaim-notes.ts';
import { defaultHistoryLimits } from '../../ipam/history/retention.ts';
import { newClaim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import {
  historyKind,
  historySegmentKind,
  newHistory,
  newHistorySegment,
  reclaimRecord,
} from '../../resources/history.ts';
import type { Resource } from '../../resources/resource.ts';
import { wrap } from '../../store/wrap.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { Cluster, events, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

const day = 86_400_000;
const question = { subject: { kind: 'pool', name: 'racks' }, limit: 5_000 } as const;
const history = { ...defaultHistoryLimits, shareEveryMs: 60_000, sharedBytes: 4_000 };

/** Nobody answers. */
const silent = async (): Promise<never> => {
  throw new IpamError('store-unavailable', 'no answer');
};
const alone: Peers = {
  nodes: async () => [],
  ...{ blocks: silent, page: silent, find: silent, check: silent, explain: silent, due: silent, history: silent },
  forecast: silent,
};

/** A round, and what goes on beside it. */
async function round({ daemon }: Node): Promise<void> {
  await daemon.maintenance.round();
  for (let turn = 0; turn < 20; turn += 1) await events();
}

async function shared() {
  const c = new Cluster();
  const time = { now: () => c.clock.now(), elapsed: () => c.clock.now() };
  c.journals.set('node1', new MemoryJournal(time, 1));
  c.journals.set('node2', new MemoryJournal(time, 2));
  const one = await c.node('node1', { history });
  const two = await c.node('node2', { history, peers: alone });
  await one.daemon.resources.apply(pool('racks', { subnet: '10.20.0.0/16', blockSize: 24 }));
  await events();
  const names = async (kind: string) =>
    (await c.store.list(kind)).items.map(({ spec }) => (spec as { node: string }).node);
  /** Time for each to share what it has. */
  const share = async (...nodes: readonly (typeof one)[]) => {
    c.clock.advance(2 * history.shareEveryMs);
    for (const node of nodes) await round(node);
  };
  const ask = async (at?: number) => (await two.daemon.administration.cluster.history({ ...question, at })).value;
  return { c, one, two, share, ask, names };
}

describe('the history of a node that is lost', () => {
  it('is known as far as the node has shared it, with who has something since before that begins', async () => {
    const { c, one, share, ask } = await shared();
    await one.add('web-0', 'c0', ['racks']);
    const early = c.clock.now();
    for (let index = 1; index < 800; index += 1) {
      await one.add(`job-${index}`, `c${index}`, ['racks']);
      if (index < 799) await one.del(`c${index}`);
    }
    await share(one);
    await share(one);
    const late = c.clock.now();
    one.die();
    const record = (await ask()).find(({ node }) => node === 'node1');
    expect(record?.entries.at(-1)).toMatchObject({ what: 'held', pod: { name: 'web-0' } });
    // No more than has room: the earliest is left out.
    expect(record?.entries[0]?.sequence).toBeGreaterThan(100);
    expect(record?.until).toBeLessThan(late);
    const holders = (await ask(late)).flatMap(({ tenures }) => tenures.map(({ pod }) => pod?.name));
    expect(holders.toSorted()).toEqual(['job-799', 'web-0']);
    expect((await ask(early)).find(({ node }) => node === 'node1')?.from).toBeGreaterThanOrEqual(early);
  });

  it('is written again in its place as it grows, and not at all while nothing happens', async () => {
    const { c, one, share, names } = await shared();
    await one.add('web-0', 'c0', ['racks']);
    await share(one);
    c.writes = 0;
    await share(one);
    expect(c.writes).toBe(0);
    await one.add('web-1', 'c1', ['racks']);
    await share(one);
    expect([await names(historyKind), await names(historySegmentKind)]).toEqual([['node1'], ['node1']]);
    // The part and what tells of it; the block was leased before.
    expect(c.writes).toBe(2);
  });

  it('is one of two where the node came again with an empty disk', async () => {
    const { c, one, share, two } = await shared();
    await one.add('web-0', 'c0', ['racks']);
    await share(one);
    one.die();
    c.journals.set('node1', new MemoryJournal({ now: () => c.clock.now(), elapsed: () => c.clock.now() }, 3));
    const again = await c.node('node1', { history, peers: { ...alone, nodes: async () => ['node2'] } });
    await again.add('web-1', 'c1', ['racks']);
    const { value } = await again.daemon.administration.cluster.history(question);
    expect(value.map(({ node, begun, entries }) => [node, begun, entries.map(({ pod }) => pod?.name)])).toEqual([
      ['node1', 1, ['web-0']],
      ['node1', 3, ['web-1']],
    ]);
    expect(two).toBeDefined();
  });

  it('is forgotten when its time is over, and not sooner', async () => {
    const { c, one, two, share, names } = await shared();
    await one.add('web-0', 'c0', ['racks']);
    await share(one, two);
    one.die();
    c.clock.advance(6 * day);
    await round(two);
    expect(await names(historyKind)).toContain('node1');
    c.clock.advance(2 * day);
    await round(two);
    expect([await names(historyKind), await names(historySegmentKind)].flat()).not.toContain('node1');
  });

  it('ends with what the controller has taken back of it', async () => {
    const { c, one, two, share, ask } = await shared();
    await one.add('web-0', 'c0', ['racks']);
    await one.add('web-1', 'c1', ['racks']);
    await share(one);
    one.die();
    const [web] = (await ask()).flatMap(({ tenures }) => tenures);
    if (web === undefined) throw new Error('nobody had anything');
    const { address, pool: name, attachment } = web;
    c.clock.advance(60_000);
    const claim = newClaim({ address, pool: name, node: 'node1', daemon: 'node1', ...attachment });
    const notes = reclaimNotes('released', claim, { reason: 'node-deleted', text: 'node "node1" is gone' });
    const part = packed(
      numbered(
        notes.map((note) => ({ note, at: c.clock.now() })),
        undefined,
        0,
      ),
    );
    const record = { node: reclaimRecord, begun: 1 };
    await c.store.create<Resource>(newHistorySegment({ ...record, first: 1, last: 1, packed: part.packed }));
    await c.store.create<Resource>(newHistory({ ...record, segments: [{ first: 1, last: 1, until: c.clock.now() }] }));
    c.clock.advance(60_000);
    const records = (
      await two.daemon.administration.cluster.history({
        subject: { kind: 'address', address },
        limit: 5_000,
      })
    ).value;
    // Told once, by the record that knows since when.
    expect(records.flatMap(({ tenures }) => tenures)).toEqual([
      expect.objectContaining({
        pod: expect.objectContaining({ name: 'web-0' }),
        reason: 'node-deleted',
        detail: 'by ipam-controller: node "node1" is gone',
        until: { earliest: c.clock.now() - 60_000, latest: c.clock.now() - 60_000 },
      }),
    ]);
    const byController = records.find(({ node }) => node === reclaimRecord);
    expect(byController?.entries).toEqual([expect.objectContaining({ what: 'released', node: 'node1' })]);
    const later = (await ask(c.clock.now())).flatMap(({ tenures }) => tenures.map(({ pod }) => pod?.name));
    expect(later).toEqual(['web-1']);
  });

  it('is shared no further by a daemon that stops, which waits for the call that is under way before it closes its journal', async () => {
    const { c, one, names } = await shared();
    one.die();
    const answer = Promise.withResolvers<void>();
    const went: string[] = [];
    const slow = wrap(c.store, (inner) => ({
      get: async (key, options) => {
        if (key.kind === historyKind) went.push('asked');
        if (key.kind === historyKind) await answer.promise;
        return inner.get(key, options);
      },
    }));
    const again = await c.node('node1', { history }, slow);
    await again.add('web-0', 'c0', ['racks']);
    c.clock.advance(2 * history.shareEveryMs);
    await round(again);
    const journal = c.journals.get('node1') as MemoryJournal;
    journal.close = async () => void went.push('closed');
    const stopping = again.daemon.stop();
    for (let turn = 0; turn < 20; turn += 1) await events();
    went.push('answered');
    answer.resolve();
    await stopping;
    expect(went).toEqual(['asked', 'answered', 'closed']);
    expect(await names(historySegmentKind)).toEqual([]);
  });
});
