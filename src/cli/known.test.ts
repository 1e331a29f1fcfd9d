import { describe, expect, it } from 'vitest';
import type { Client } from './client.ts';
import { requireKnown } from './known.ts';

/** A daemon that knows these. */
function client(pools: readonly string[], nodes: readonly string[], held = 0): Client {
  const answers: Readonly<Record<string, unknown>> = {
    ListPools: { pools: pools.map((name) => ({ name })) },
    GetPoolStats: { known_nodes: nodes },
    ListAllocations: { total: held },
  };
  return { call: async (name: string) => answers[name] } as unknown as Client;
}

const many = Array.from({ length: 25 }, (_, index) => `p${index}`);

describe('a filter that found nothing', () => {
  it.each<[string, Parameters<typeof requireKnown>[1]]>([
    ['nothing is named', {}],
    ['a pool that there is', { pool: 'a' }],
    ['a node that there is', { node: 'node1' }],
    ['a namespace that holds something', { namespace: 'shop' }],
  ])('is an answer when %s', async (_what, filter) => {
    await expect(requireKnown(client(['a'], ['node1'], 1), filter)).resolves.toBeUndefined();
  });

  it.each<[string, Client, Parameters<typeof requireKnown>[1], string, string]>([
    ['a pool', client(['a', 'b'], []), { pool: 'c' }, 'no pool is named "c"', 'known: a, b'],
    [
      'a pool, of many',
      client(many, []),
      { pool: 'c' },
      'no pool is named "c"',
      `known: ${many.slice(0, 20).join(', ')}, …`,
    ],
    ['a pool, where there is none', client([], []), { pool: 'c' }, 'no pool is named "c"', ''],
    ['a node', client([], ['node1']), { node: 'x' }, 'no node is known as "x"', 'known: node1'],
    ['a namespace', client([], []), { namespace: 'x' }, 'no Pod of a namespace "x" holds an address', ''],
  ])('is misspelt when there is no such thing: %s', async (_what, daemon, filter, message, advice) => {
    await expect(requireKnown(daemon, filter)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      advice,
      exit: 4,
    });
  });
});
