import { describe, expect, it } from 'vitest';
import type { AddressCondition } from '../address-state.ts';
import type { AddressExplanation } from '../explain/explanation.ts';
import { type SetFacts, settingOf } from './set-by-hand.ts';

const attachment = { network: 'net', containerId: 'c1', ifname: 'eth0' };
const explained = (state: AddressCondition, pool: string | undefined, containerId?: string): AddressExplanation => ({
  address: '10.5.0.2',
  state: { state, message: `10.5.0.2 is ${state}`, ...(pool === undefined ? {} : { pool }) },
  holder:
    containerId === undefined
      ? undefined
      : { attachment: { ...attachment, containerId }, node: 'node1', netns: '', addresses: [], createdAt: 0 },
  since: undefined,
  rule: '',
  freed: '',
});
const runs: Omit<SetFacts, 'explained'> = { attachment, netns: '/run/netns/c1', isNetnsThere: true, force: false };

describe('an address that is put on record by hand', () => {
  it.each<[string, Partial<SetFacts>, object]>([
    [
      'that is free, for a container that runs',
      { explained: explained('free', 'office') },
      { pool: 'office', isDone: false },
    ],
    ['that cools down', { explained: explained('cooling-down', 'office') }, { isDone: false }],
    [
      'that is kept: whether for this Pod, its ADD decides',
      { explained: explained('parked', 'office') },
      { isDone: false },
    ],
    ['that is on record for it', { explained: explained('held', 'office', 'c1') }, { isDone: true }],
    [
      'for a container of which nothing tells, by force',
      { explained: explained('free', 'office'), isNetnsThere: undefined, force: true },
      { isDone: false },
    ],
  ])('%s', (_, facts, expected) => {
    expect(settingOf({ ...runs, explained: explained('free', 'office'), ...facts })).toMatchObject(expected);
  });

  it.each<[string, Partial<SetFacts>, string]>([
    ['that another container has', { explained: explained('held', 'office', 'c2') }, 'in-use'],
    ['that another container has, by force', { explained: explained('held', 'office', 'c2'), force: true }, 'in-use'],
    ['that a claim of another node holds', { explained: explained('held', 'office') }, 'in-use'],
    ['of no pool', { explained: explained('outside', undefined), force: true }, 'address-not-allowed'],
    ['for a container whose network namespace is gone', { isNetnsThere: false }, 'invalid-argument'],
    ['for a container of which nothing tells', { netns: '', isNetnsThere: undefined }, 'invalid-argument'],
  ])('is refused: %s', (_, facts, code) => {
    expect(() => settingOf({ ...runs, explained: explained('free', 'office'), ...facts })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
