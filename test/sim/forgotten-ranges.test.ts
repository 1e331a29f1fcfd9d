import { describe, expect, it } from 'vitest';
import type { AllocateRequest } from '../../src/ipam/request.ts';
import { claimKind } from '../../src/resources/claim.ts';
import type { PoolResource } from '../../src/resources/pool.ts';
import { poolKind } from '../../src/resources/pool.ts';
import type { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { networks } from './networks.ts';
import type { SimNode } from './sim-node.ts';
import { request, Stage } from './stage.ts';

const source = networks.find(({ name }) => name === 'ranges')?.source ?? { kind: 'default' };

/** ADD on a network whose file has ranges. */
async function add(stage: Stage, node: SimNode, containerId: string): Promise<string | undefined> {
  const asked: AllocateRequest = { ...request(containerId, 'web', []), source };
  const answer = await stage.run(node.call('ADD', [containerId], ({ ipam }) => ipam.allocate(asked)));
  return answer.kind === 'answered' ? answer.value.addresses[0]?.address : undefined;
}

describe('a pool of ranges that a store which went back has forgotten', () => {
  it.each(['runs on', 'was started anew'])(
    'is made again while something of it is held, by a daemon that %s',
    async (how) => {
      let store: MemoryStore | undefined;
      const stage = await Stage.open({
        pools: { office: { subnet: '10.0.0.0/24' } },
        nodes: 2,
        faults: ['start-while-away'],
        around: (memory) => {
          store = memory as MemoryStore;
          return memory;
        },
      });
      const node = stage.node(1);
      const before = store?.snapshot();
      const address = await add(stage, node, 'a');
      // Position and pools are kept on the disk some time after they were seen.
      await stage.pass(20_000);
      const made = (await stage.store.list<PoolResource>(poolKind)).items.map(({ metadata }) => metadata.name);
      if (before !== undefined) store?.restore(before);
      if (how === 'was started anew') await stage.restart(node);
      await stage.pass(30_000);
      const { items } = await stage.store.list<PoolResource>(poolKind);
      expect(items.map(({ metadata }) => metadata.name)).toEqual(made);
      expect((await stage.store.list(claimKind)).items.map(({ metadata }) => metadata.name)).toEqual([address]);
      expect((await stage.violations()).filter((text) => !text.startsWith('store '))).toEqual([]);

      // And goes like any other when nothing of it is held.
      await stage.del(node, 'a');
      await stage.pass(90_000);
      expect((await stage.store.list(poolKind)).items.map(({ metadata }) => metadata.name)).toEqual(['office']);
    },
  );
});
