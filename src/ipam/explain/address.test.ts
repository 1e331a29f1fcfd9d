import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import { emptyRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { type Claim, newClaim } from '../../resources/claim.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Allocation } from '../allocation.ts';
import { type ExplainFacts, explainAddress } from './address.ts';

const at = Date.parse('2026-12-01T10:00:00.000Z');
const pool = parsePool({
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'office' },
  spec: {
    subnet: '10.5.0.0/24',
    gateway: '10.5.0.1',
    ips: ['10.5.0.10-10.5.0.99'],
    excludeIPs: ['10.5.0.20'],
    fixedIPs: ['10.5.0.200'],
    cooldown: 60,
  },
});
const none: Omit<ExplainFacts, 'address'> = {
  pools: [pool],
  quarantine: undefined,
  planned: emptyRangeSet,
  holder: undefined,
  block: undefined,
  coolsDownUntil: undefined,
  recorded: undefined,
  claim: undefined,
  reservation: undefined,
  heldBack: emptyRangeSet,
  awaited: undefined,
  cooldownMs: (one) => one?.cooldownMs ?? 30_000,
};

const attachment = { network: 'net', containerId: 'c1', ifname: 'eth0' };
const recorded: Allocation = {
  attachment,
  node: 'node1',
  netns: '/run/netns/c1',
  addresses: [{ address: '10.5.0.10', prefixLength: 24, pool: 'office', routes: [] }],
  createdAt: at,
};
const holder = { node: 'node1', pool: 'office', who: 'container c1' };

function claim(more: Partial<Claim['spec']>): Stored<Claim> {
  const made = newClaim({
    address: '10.5.0.10',
    pool: 'office',
    node: 'node1',
    daemon: 'node1',
    ...attachment,
    ...more,
  });
  const creationTimestamp = '2026-12-01T09:00:00Z';
  return { ...made, metadata: { ...made.metadata, uid: 'u', resourceVersion: '1', creationTimestamp } };
}
const kept = { ownerKind: 'StatefulSet', ownerName: 'web', podNamespace: 'shop', podName: 'web-0' };
const parked = { pool: 'office', who: 'eth0 of Pod shop/web-0', since: '2026-12-01T09:30:00Z' };

describe('why an address is as it is', () => {
  it.each<[string, string, Partial<ExplainFacts>, object]>([
    [
      'that is held: by whose record, since when, and that its DEL frees it',
      '10.5.0.10',
      { holder, recorded, claim: claim({}) },
      {
        state: { state: 'held' },
        holder: recorded,
        since: at,
        rule: 'claim 10.5.0.10 of pool "office" and the record of its daemon, for net/c1/eth0 on node "node1"',
        freed: 'with the DEL of its container, and a cool-down of 60 s (spec.cooldown of pool "office")',
      },
    ],
    [
      'of a block: by the record alone',
      '10.5.0.10',
      {
        holder,
        recorded: { ...recorded, addresses: [{ ...recorded.addresses[0], block: '10.5.0.0/26' } as never] },
        pools: [{ ...pool, cooldownMs: undefined }],
      },
      {
        rule: 'the record of the daemon of node "node1", for net/c1/eth0 out of block 10.5.0.0/26',
        freed: "with the DEL of its container, and a cool-down of 30 s (the daemon's setting)",
      },
    ],
    [
      'that a claim of another node holds: since it was claimed',
      '10.5.0.10',
      { holder, claim: claim({ node: 'node2', daemon: 'node2' }) },
      {
        since: Date.parse('2026-12-01T09:00:00Z'),
        holder: undefined,
        rule: expect.stringContaining('on node "node2"'),
      },
    ],
    [
      'that stays with a StatefulSet: that its DEL does not free it',
      '10.5.0.10',
      { holder, claim: claim(kept) },
      { freed: 'not with the DEL of its container: it stays with Pod shop/web-0 after its container' },
    ],
    [
      'whose Pod is gone: when the daemon releases it',
      '10.5.0.10',
      { holder, recorded, awaited: { subject: '10.5.0.10', message: 'Pod shop/a is gone', until: at } },
      { freed: expect.stringMatching(/^by 2026-12-01T10:00:00.000Z: Pod shop\/a is gone; else with the DEL/) },
    ],
    [
      'that is kept: for whom, since when, who frees it',
      '10.5.0.10',
      { parked, claim: claim({ ...kept, parkedAt: parked.since }) },
      {
        state: { state: 'parked' },
        since: Date.parse(parked.since),
        rule: 'claim 10.5.0.10, kept for Pod shop/web-0',
        freed:
          'when its StatefulSet "web" has no such Pod any more, and ipam-controller has seen so, or by ipam-cli unkeep 10.5.0.10',
      },
    ],
    [
      'that is kept for a time: when that is over',
      '10.5.0.10',
      { parked, claim: claim({ ...kept, ownerKind: 'Identity', keptFor: '3600s', parkedAt: parked.since }) },
      { freed: 'at 2026-12-01T10:30:00.000Z, or by ipam-cli unkeep 10.5.0.10' },
    ],
    [
      'that cools down: since when, and until when',
      '10.5.0.10',
      { coolsDownUntil: at },
      { since: at - 60_000, freed: 'at 2026-12-01T10:00:00.000Z, or before when its pool has nothing else' },
    ],
    [
      'in quarantine: by which object, and how that ends',
      '10.5.0.10',
      {
        quarantine: { reason: 'a printer', until: at },
        reservation: { name: 'quarantine-10-5-0-10', quarantine: { reason: 'a printer', until: at } },
      },
      {
        rule: 'SpiderReservedIP "quarantine-10-5-0-10", a quarantine',
        freed: 'at 2026-12-01T10:00:00.000Z, or by ipam-cli lift 10.5.0.10',
      },
    ],
    [
      'that is reserved: by which object',
      '10.5.0.30',
      { planned: parseRangeSet(['10.5.0.30']), reservation: { name: 'routers', quarantine: undefined } },
      { rule: 'SpiderReservedIP "routers"', freed: 'when that is deleted: ipam-cli delete reservedip routers' },
    ],
    ['of the gateway', '10.5.0.1', {}, { state: { state: 'gateway' }, freed: 'when another gateway takes its place' }],
    ['of the network', '10.5.0.0', {}, { state: { state: 'network' }, freed: 'never' }],
    ['that is excluded', '10.5.0.20', {}, { rule: 'spec.excludeIPs of pool "office"' }],
    ['that is not listed', '10.5.0.150', {}, { rule: 'spec.ips of pool "office" does not list it' }],
    ['of no pool', '10.9.0.1', {}, { state: { state: 'outside' }, freed: 'when a pool has it' }],
    [
      'of a block whose daemon was not asked',
      '10.5.0.12',
      { block: { prefix: parsePrefix('10.5.0.0/28'), node: 'node2', pool: 'office', isOwn: false } },
      { state: { state: 'unknown' }, rule: 'the daemon that keeps its block alone knows who has it' },
    ],
    [
      'that is held back',
      '10.5.0.12',
      { heldBack: parseRangeSet(['10.5.0.12']) },
      {
        state: { state: 'unknown' },
        rule: expect.stringContaining('held back'),
        freed: expect.stringContaining('in some minutes'),
      },
    ],
    [
      'that only who asks for it gets',
      '10.5.0.200',
      {},
      { rule: 'spec.fixedIPs of pool "office": only who asks for exactly it gets it', freed: '' },
    ],
    [
      'of a pool that is disabled',
      '10.5.0.12',
      { pools: [{ ...pool, disabled: true }] },
      { rule: 'pool "office" is disabled' },
    ],
    ['that is free', '10.5.0.12', {}, { state: { state: 'free' }, since: undefined, rule: '', freed: '' }],
  ])('%s', (_, address, facts, expected) => {
    expect(explainAddress({ ...none, ...facts, address: parseAddress(address) })).toMatchObject(expected);
  });
});
