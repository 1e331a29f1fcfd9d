import { describe, expect, it } from 'vitest';
import { type Claim, newClaim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { type DueFacts, dueReleases } from './due.ts';

const now = Date.parse('2026-12-01T10:00:00Z');
const minutes = 60_000;

function claim(address: string, minutesAgo: number, more: Partial<Claim['spec']> = {}): Stored<Claim> {
  const spec = { pool: 'office', node: 'node1', daemon: 'node1', network: 'net', containerId: 'c1', ifname: 'eth0' };
  const made = newClaim({ address, ...spec, ...more });
  const creationTimestamp = new Date(now - minutesAgo * minutes).toISOString();
  return { ...made, metadata: { ...made.metadata, uid: 'u', resourceVersion: '1', creationTimestamp } };
}
const none: DueFacts = {
  daemon: 'node1',
  awaited: [],
  claims: [],
  isHeld: () => false,
  emptyBlocks: [],
  overQuarantines: [],
  sandboxDeadlineMs: 5 * minutes,
  now,
};
const kept = { ownerKind: 'Identity', ownerName: 'db', keptFor: '600s', parkedAt: '2026-12-01T09:00:00Z' };

describe('what a daemon takes back by itself', () => {
  it.each<[string, Partial<DueFacts>, readonly (readonly [kind: string, at: number | undefined])[]]>([
    ['is nothing where all is on record', { claims: [claim('10.5.0.2', 60)], isHeld: () => true }, []],
    [
      'is a claim without a record, when no ADD can be under way any more',
      { claims: [claim('10.5.0.2', 7)] },
      [['orphaned-claim', now - 2 * minutes]],
    ],
    ['is a younger one later', { claims: [claim('10.5.0.2', 1)] }, [['orphaned-claim', now + 4 * minutes]]],
    ['is no claim of another daemon', { claims: [claim('10.5.0.2', 60, { daemon: 'node2' })] }, []],
    ['is what was kept for long enough', { claims: [claim('10.5.0.2', 60, kept)] }, [['kept-long-enough', now]]],
    ['is not what is kept still', { claims: [claim('10.5.0.2', 60, { ...kept, keptFor: '7200s' })] }, []],
    [
      'is what gone Pods held, blocks and quarantines: what is due first comes first, what waits for somebody last',
      {
        awaited: [
          { subject: '10.5.0.3', message: 'its network namespace is there', until: undefined },
          { subject: '10.5.0.4', message: 'its Pod is gone', until: now + minutes },
        ],
        emptyBlocks: ['10.6.0.0/28'],
        overQuarantines: ['quarantine-10-5-0-9'],
      },
      [
        ['empty-block', now],
        ['quarantine-over', now],
        ['gone-pod', now + minutes],
        ['gone-pod', undefined],
      ],
    ],
  ])('%s', (_, facts, expected) => {
    expect(dueReleases({ ...none, ...facts }).map(({ kind, at }) => [kind, at])).toEqual(expected);
  });
});
