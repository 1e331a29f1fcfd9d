import { describe, expect, it } from 'vitest';
import type { Allocation } from '../../ipam/allocation.ts';
import { takeUnused } from './take-unused.ts';

function allocationOf(address: string): Allocation {
  return {
    attachment: { network: 'net', containerId: 'c1', ifname: 'eth0' },
    ...{ node: 'node1', netns: '/run/netns/c1', createdAt: 0 },
    addresses: [{ address, prefixLength: 24, pool: 'office', routes: [] }],
  };
}

interface Scene {
  /** Addresses that somebody else answers for. */
  readonly used: readonly string[];
  /** Does a quarantine that is made stay? */
  readonly forgets?: boolean;
  /** How long each question takes, milliseconds. */
  readonly tookMs?: number;
}

function scene({ used, forgets = false, tookMs = 0 }: Scene) {
  const quarantined = new Set<string>();
  const steps: string[] = [];
  let now = 0;
  let next = 0;
  const first = ({ addresses: [held] }: Allocation): string => held?.address ?? '';
  const taking = {
    take: async () => {
      next += 1;
      steps.push(`take ${next}`);
      return allocationOf(`10.5.0.${next}`);
    },
    examine: async (allocation: Allocation) => {
      now += tookMs;
      steps.push(`ask for ${first(allocation)}`);
      if (!used.includes(first(allocation))) return [];
      if (!forgets) quarantined.add(first(allocation));
      return [first(allocation)];
    },
    isQuarantined: (allocation: Allocation) => quarantined.has(first(allocation)),
    giveBack: async () => void steps.push('give back'),
    clock: { now: () => now },
  };
  return { taking, steps, first };
}

const all = Array.from({ length: 20 }, (_, n) => `10.5.0.${n + 1}`);

describe('addresses that nobody else uses', () => {
  it('are what is answered: what somebody else uses is given back, and the next one asked for', async () => {
    const { taking, steps, first } = scene({ used: ['10.5.0.1'] });
    expect(first(await takeUnused(taking))).toBe('10.5.0.2');
    expect(steps).toEqual(['take 1', 'ask for 10.5.0.1', 'give back', 'take 2', 'ask for 10.5.0.2']);
  });

  it('are taken also where the store forgets a quarantine at once', async () => {
    const { taking, first } = scene({ used: ['10.5.0.1'], forgets: true });
    expect(first(await takeUnused(taking))).toBe('10.5.0.2');
  });

  it('are what was recorded before a crash, once it has been asked for', async () => {
    const { taking, steps, first } = scene({ used: [] });
    expect(first(await takeUnused(taking, allocationOf('10.5.0.9')))).toBe('10.5.0.9');
    expect(steps).toEqual(['ask for 10.5.0.9']);
  });

  it.for<readonly [title: string, tookMs: number, asked: number]>([
    ['sixteen, however fast they answer', 30, 16],
    ['those of seven seconds, where they answer after one', 1_000, 7],
    ['two, where they answer after five', 5_000, 2],
  ])('are looked for among %s', async ([, tookMs, asked]) => {
    const { taking, steps } = scene({ used: all, tookMs });
    await expect(takeUnused(taking)).rejects.toMatchObject({ code: 'not-ready' });
    expect(steps.filter((step) => step.startsWith('ask'))).toHaveLength(asked);
    expect(steps.at(-1)).toBe('give back');
  });
});
