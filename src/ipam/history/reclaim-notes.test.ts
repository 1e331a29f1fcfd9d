import { describe, expect, it } from 'vitest';
import { newClaim } from '../../resources/claim.ts';
import { numbered, reclaimNotes } from './reclaim-notes.ts';

const spec = {
  address: '10.0.0.1',
  pool: 'rack',
  node: 'n1',
  daemon: 'n1',
  network: 'net',
  containerId: 'c',
  ifname: 'eth0',
};
const kept = {
  ...spec,
  podNamespace: 'shop',
  podName: 'web-0',
  podUid: 'u',
  ownerKind: 'StatefulSet',
  ownerName: 'web',
};
const note = { what: 'released', node: 'n1', addresses: [] } as const;

describe('what is written of a claim that was taken back', () => {
  const gone = { reason: 'node-deleted', text: 'node "n1" is gone' } as const;

  it.each([
    ['released', spec, ['released']],
    // Its container has it no more, and nobody else gets it.
    ['parked', kept, ['released', 'parked']],
    ['freed', kept, ['freed']],
  ] as const)('%s', (how, of, whats) => {
    const notes = reclaimNotes(how, newClaim(of), gone);
    expect(notes.map(({ what }) => what)).toEqual(whats);
    expect(notes.at(-1)?.identity).toBe(of === spec ? undefined : 'Pod shop/web-0');
  });

  it('since when it was had is as long as its claim is there', () => {
    const { metadata, ...claim } = newClaim(spec);
    const created = { ...claim, metadata: { ...metadata, creationTimestamp: '2026-12-01T03:00:00Z' } };
    expect(reclaimNotes('released', created, gone)[0]?.since).toBe(Date.UTC(2026, 11, 1, 3));
    expect(reclaimNotes('released', newClaim(spec), gone)[0]).not.toHaveProperty('since');
  });
});

describe('numbers of what was taken back', () => {
  it.each([
    ['begin with one', undefined, 0, 100_000, [1]],
    ['go on behind those of another leader', { sequence: 7, at: 90_000 }, 0, 100_000, [8]],
    ['leave out what was lost', { sequence: 7, at: 90_000 }, 3, 100_000, [11]],
    ['say that a clock is behind that of another leader', { sequence: 7, at: 90_000 }, 0, 80_000, [8, 9]],
    ['say nothing of half a second', { sequence: 7, at: 90_000 }, 0, 89_500, [8]],
  ] as const)('%s', (_, before, leftOut, at, sequences) => {
    const entries = numbered([{ note, at }], before, leftOut);
    expect(entries.map(({ sequence }) => sequence)).toEqual(sequences);
    expect(entries.at(-1)).toMatchObject({ what: 'released', at });
    if (entries.length > 1) expect(entries[0]).toMatchObject({ what: 'clock-set', by: -10_000 });
  });
});
