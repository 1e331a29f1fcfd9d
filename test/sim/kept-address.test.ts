import { describe, expect, it } from 'vitest';
import { sandboxDeadlineMs } from '../../src/ipam/reclaim/garbage.ts';
import { claimKind } from '../../src/resources/claim.ts';
import { wrap } from '../../src/store/wrap.ts';
import { Stage } from './stage.ts';

/** Longer than maintenance takes to find what no record stands behind. */
const collectedMs = sandboxDeadlineMs + 60_000;

describe("the address of a StatefulSet's Pod", () => {
  it('stays with it when its former container goes while another node claims one for it that has not heard of it', async () => {
    const { stage, ears } = await office();
    const [old, next] = [stage.node(1), stage.node(2)];
    ears.isDeaf = true;
    const had = await stage.add(old, 'first', 'db-0', 'office');
    await stage.pass(1_000);
    const adding = stage.add(next, 'second', 'db-0', 'office');
    await stage.until(() => ears.creates > 0);
    await stage.pass(200);
    await stage.del(old, 'first');
    ears.isDeaf = false;
    expect(await adding).toEqual(had);
    await stage.pass(collectedMs);
    expect((await stage.store.list(claimKind)).items.map(({ metadata }) => metadata.name)).toEqual(had);
    expect(await stage.violations()).toEqual([]);
  });

  it('stays with it when that node dies before it hears of it', async () => {
    const { stage, ears } = await office();
    const [old, next] = [stage.node(1), stage.node(2)];
    ears.isDeaf = true;
    const had = await stage.add(old, 'first', 'db-0', 'office');
    await stage.pass(1_000);
    void stage.add(next, 'second', 'db-0', 'office');
    await stage.until(() => ears.creates > 0);
    await stage.pass(200);
    await stage.restart(next);
    await stage.del(old, 'first');
    ears.isDeaf = false;
    // What that claimed is found to be garbage, and is not kept beside.
    await stage.pass(collectedMs);
    expect((await stage.store.list(claimKind)).items.map(({ metadata }) => metadata.name)).toEqual(had);
    expect(await stage.add(next, 'third', 'db-0', 'office')).toEqual(had);
  });
});

/** Two nodes, of which the second may be deaf to what its store tells it, and is heard all the same. */
async function office() {
  const ears = { isDeaf: false, creates: 0 };
  const stage = await Stage.open({
    pools: { office: { subnet: '10.5.0.0/24' } },
    nodes: 2,
    around: (store, node) =>
      node === 'node1'
        ? store
        : wrap(store, (inner) => ({
            create: async (resource) => {
              ears.creates += 1;
              return inner.create(resource);
            },
            async *watch(kind, fromVersion, signal) {
              for await (const event of inner.watch<never>(kind, fromVersion, signal)) {
                while (ears.isDeaf) await new Promise(setImmediate);
                yield event;
              }
            },
          })),
  });
  return { stage, ears };
}
