import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Allocation } from '../allocation.ts';
import type { AllocateRequest, InterfacePresence } from '../request.ts';
import { exactly } from '../requested-address.ts';
import { duplicateAdd, heldAgain, isDuplicateAdd } from './repeated-add.ts';

const held: Allocation = {
  attachment: { network: 'pods', containerId: 'a', ifname: 'eth0' },
  node: 'node1',
  netns: '/run/netns/a',
  addresses: [{ address: '10.0.0.2', prefixLength: 24, pool: 'blue', routes: [] }],
  createdAt: 0,
  executionId: 'first',
};

describe('an ADD for an attachment that holds addresses', () => {
  it.each<[string, InterfacePresence, boolean]>([
    ['first', 'absent', false],
    ['first', 'present', false],
    ['first', 'unknown', false],
    ['second', 'absent', false],
    ['second', 'present', true],
    ['second', 'unknown', true],
    ['', 'absent', false],
    ['', 'present', true],
    ['', 'unknown', true],
  ])('of execution "%s" with the interface %s: is it a duplicate? %s', (id, presence, expected) => {
    expect(isDuplicateAdd(held, { id, interface: presence })).toBe(expected);
  });

  it('of which no execution is on record is a duplicate unless the interface is certainly absent', () => {
    const { executionId: _, ...recordedBefore } = held;
    expect(isDuplicateAdd(recordedBefore, { id: 'x', interface: 'present' })).toBe(true);
    expect(isDuplicateAdd(recordedBefore, { id: '', interface: 'unknown' })).toBe(true);
    expect(isDuplicateAdd(recordedBefore, { id: 'x', interface: 'absent' })).toBe(false);
  });

  it('is never a duplicate when it comes by gRPC', () => {
    expect(isDuplicateAdd(held, undefined)).toBe(false);
  });

  it('is refused in words that host-local uses, too', () => {
    expect(duplicateAdd(held, { id: 'x', interface: 'present' })).toMatchObject({
      code: 'already-exists',
      message:
        '10.0.0.2 has been allocated to eth0 of container a on network "pods", and interface eth0 is there: duplicate allocation is not allowed',
    });
  });
});

describe('a request for an attachment that holds addresses', () => {
  const request = (more: Partial<AllocateRequest>): AllocateRequest => ({
    attachment: held.attachment,
    netns: '',
    source: { kind: 'default' },
    families: [],
    requested: [],
    ...more,
  });
  const code = (more: Partial<AllocateRequest>): string | undefined => {
    try {
      heldAgain(held, request(more));
      return undefined;
    } catch (error) {
      return isIpamError(error) ? error.code : String(error);
    }
  };

  it.each<[string, Partial<AllocateRequest>, string | undefined]>([
    ['nothing in particular', {}, undefined],
    ['the address that it holds', { requested: [exactly(parseAddress('10.0.0.2'))] }, undefined],
    ['another address', { requested: [exactly(parseAddress('10.0.0.3'))] }, 'already-exists'],
    ['an IPv6 address', { requested: [exactly(parseAddress('fd00::2'))] }, 'already-exists'],
    ['its pool', { source: { kind: 'named', pools: ['red', 'blue'], final: true } }, undefined],
    ['another pool', { source: { kind: 'named', pools: ['red'], final: true } }, 'already-exists'],
    [
      'pools of its network, which annotations may have changed',
      { source: { kind: 'named', pools: ['red'] } },
      undefined,
    ],
  ])('that asks for %s', (_what, more, expected) => {
    expect(code(more)).toBe(expected);
  });
});
