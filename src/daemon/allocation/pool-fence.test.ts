import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PoolResource, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { PoolFence } from './pool-fence.ts';

const pool: PoolResource = {
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'blue' },
  spec: { subnet: '10.1.0.0/24' },
};

async function world() {
  const store = new MemoryStore({ now: Date.now, newUid: randomUUID });
  const present = await store.create(pool);
  const clock = { ms: 0, looks: 0 };
  const counted = Object.assign(Object.create(store) as typeof store, {
    get: (key: Parameters<typeof store.get>[0]) => {
      clock.looks += 1;
      return store.get(key);
    },
  });
  const fence = new PoolFence({ store: counted, elapsed: () => clock.ms, lifeMs: 1000 });
  const disable = () => store.update({ ...present, spec: { ...pool.spec, disable: true } });
  const remove = () => store.delete({ kind: poolKind, name: 'blue' }, undefined);
  return { clock, fence, disable, remove };
}

describe('the fence of a pool', () => {
  it('asks once for all that come within its time', async () => {
    const { clock, fence } = await world();
    fence.open = false;
    await Promise.all([fence.pass('blue'), fence.pass('blue'), fence.pass('blue')]);
    clock.ms = 999;
    await fence.pass('blue');
    expect(clock.looks).toBe(1);
    clock.ms = 1000;
    await fence.pass('blue');
    expect(clock.looks).toBe(2);
  });

  it('lets nothing pass once its time is over after the pool was disabled', async () => {
    const { clock, fence, disable } = await world();
    fence.open = false;
    await fence.pass('blue');
    await disable();
    clock.ms = 1000;
    await expect(fence.pass('blue')).rejects.toMatchObject({ code: 'not-ready' });
    await expect(fence.pass('blue')).rejects.toMatchObject({ code: 'not-ready' });
  });

  it('lets a daemon take back what is on its record', async () => {
    const { clock, fence, disable } = await world();
    await disable();
    await fence.pass('blue');
    expect(clock.looks).toBe(0);
  });

  it('looks anew after the last of a pool was given up, also when a look was under way meanwhile', async () => {
    const { clock, fence, remove } = await world();
    fence.open = false;
    await fence.pass('blue');
    fence.forget('blue');
    const underway = fence.pass('blue');
    fence.forget('blue');
    await underway;
    expect(clock.looks).toBe(3);
    fence.forget('blue');
    await remove();
    await expect(fence.pass('blue')).rejects.toMatchObject({ code: 'not-ready' });
  });
});
