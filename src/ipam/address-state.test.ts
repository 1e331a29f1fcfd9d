import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { emptyRangeSet, parseRangeSet } from '../ip/range-set.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { type AddressFacts, addressState } from './address-state.ts';

const office = parsePool({
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'office' },
  spec: {
    subnet: '10.5.0.0/24',
    ips: ['10.5.0.1-10.5.0.99'],
    gateway: '10.5.0.1',
    excludeIPs: ['10.5.0.9'],
  },
});

const nothing = { pools: [office], quarantine: undefined, planned: emptyRangeSet, holder: undefined, block: undefined };
const usual: Omit<AddressFacts, 'address'> = { ...nothing, heldBack: emptyRangeSet, coolsDownUntil: undefined };
const heldBack = parseRangeSet(['10.5.0.0-10.5.0.255', '10.6.0.5']);
const theirs = { prefix: parsePrefix('10.5.0.0/28'), node: 'node2', pool: 'office', isOwn: false };
const holder = { node: 'node1', pool: 'office', who: 'container c1' };
const parked = { pool: 'office', who: 'eth0 of Pod shop/web-0', since: '2026-01-01T00:00:00.000Z' };

describe('what is with an address', () => {
  it.each<[string, string, string, Partial<AddressFacts>]>([
    ['nothing is known of it', '10.5.0.5', 'free', {}],
    ['it was released a moment ago', '10.5.0.5', 'cooling-down', { coolsDownUntil: 1 }],
    ['it is held', '10.5.0.5', 'held', { holder }],
    ['it is kept', '10.5.0.5', 'parked', { parked }],
    ['it is in a block of another daemon', '10.5.0.5', 'unknown', { block: theirs }],
    ['it is held back', '10.5.0.5', 'unknown', { heldBack }],
    ['it is held back, and cools down by what this node knows', '10.5.0.5', 'unknown', { heldBack, coolsDownUntil: 1 }],
    ['it is held back, and somebody has it', '10.5.0.5', 'held', { heldBack, holder }],
    ['it is held back, and kept', '10.5.0.5', 'parked', { heldBack, parked }],
    ['it is held back, and reserved', '10.5.0.5', 'reserved', { heldBack, planned: parseRangeSet(['10.5.0.5']) }],
    ['it is the gateway', '10.5.0.1', 'gateway', { heldBack }],
    ['it is the network', '10.5.0.0', 'network', { heldBack }],
    ['it is excluded', '10.5.0.9', 'excluded', { heldBack }],
    ['it is in no range', '10.5.0.200', 'unlisted', { heldBack }],
    ['it is in no pool', '10.6.0.5', 'outside', { heldBack }],
  ])('where %s (%s): %s', (_what, address, state, facts) => {
    expect(addressState({ ...usual, ...facts, address: parseAddress(address) }).state).toBe(state);
  });

  it('says why nobody can tell', () => {
    const { message } = addressState({ ...usual, address: parseAddress('10.5.0.5'), heldBack });
    expect(message).toBe(
      '10.5.0.5 of pool "office" is held back: what stood for it is gone without a word or cannot be used, and somebody may have it',
    );
  });
});
