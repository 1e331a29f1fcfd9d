import { describe, expect, it } from 'vitest';
import { newClaim } from '../../resources/claim.ts';
import { orphanedClaims, sandboxDeadlineMs } from './garbage.ts';

const made = Date.parse('2026-12-01T08:00:00Z');

function claimOf(daemon: string) {
  const attachment = { network: 'net', containerId: 'c1', ifname: 'eth0' };
  const claim = newClaim({ ...attachment, address: '10.0.0.1', pool: 'office', node: 'node1', daemon });
  const metadata = {
    ...claim.metadata,
    uid: 'u1',
    resourceVersion: '1',
    creationTimestamp: new Date(made).toISOString(),
  };
  return { ...claim, metadata };
}

describe('a claim without a record', () => {
  it.each([
    ['may be of an ADD under way until its deadline', 'node1', false, sandboxDeadlineMs, 0],
    ['is garbage after that', 'node1', false, sandboxDeadlineMs + 1, 1],
    ['is not, when it has a record after all', 'node1', true, sandboxDeadlineMs + 1, 0],
    ['is none of this daemon’s business, when it is another’s', 'node2', false, sandboxDeadlineMs + 1, 0],
  ])('%s', (_, daemon, isHeld, age, garbage) => {
    expect(orphanedClaims([claimOf(daemon)], 'node1', () => isHeld, made + age)).toHaveLength(garbage);
  });
});
