import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { IpamError } from '../../resources/errors.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { wrap } from '../../store/wrap.ts';
import { cluster, deafened, events } from '../testing/cluster.ts';

describe("a StatefulSet's Pod, on a node that has not heard of all claims yet", () => {
  it('takes over what the store says is parked, though its node has not heard of that yet', async () => {
    const { c, one } = await cluster();
    const ears = deafened(c.store);
    const two = await c.node('node2b', {}, ears.store);
    const given = await one.add('web-0', 'c1');
    await events();
    ears.isDeaf = true;
    await one.del('c1');
    expect(await two.add('web-0', 'c2')).toEqual(given);
    ears.isDeaf = false;
    await events();
    await events();
    await two.del('c2');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
  });

  it('is given nothing fresh before its node has heard of all that may be kept for it', async () => {
    const { c, one } = await cluster();
    const ears = deafened(c.store);
    const two = await c.node('node2b', {}, ears.store);
    ears.isDeaf = true;
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    const adding = two.add('web-0', 'c2');
    for (let turn = 0; turn < 10; turn += 1) await events();
    expect(await c.claims()).toHaveLength(2);
    ears.isDeaf = false;
    expect(await adding).toEqual(given);
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it.each([
    ['the container', undefined],
    ['the node', 'node1'],
  ])(
    'keeps what it had when %s goes while another node, which has not heard of it, claims another',
    async (_, node) => {
      const { c, one, two: helper } = await cluster();
      const ears = deafened(c.store);
      const two = await c.node('node2b', {}, ears.store);
      ears.isDeaf = true;
      const given = await one.add('web-0', 'c1');
      c.clock.advance(1_000);
      const adding = two.add('web-0', 'c2');
      for (let turn = 0; turn < 10; turn += 1) await events();
      expect(await c.claims()).toHaveLength(2);
      if (node === undefined) await one.del('c1');
      else {
        one.die();
        await helper.daemon.administration.forgetNode(node);
      }
      ears.isDeaf = false;
      expect(await adding).toEqual(given);
      expect(await c.claims()).toEqual([`${given[0]} c2`]);
    },
  );

  it('has an address that is known to its former node, when it took that over while the node gave it back', async () => {
    const { c, one, two } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    await one.del('c1');
    const held = Promise.withResolvers<void>();
    const slow = wrap(c.store, (inner) => ({
      delete: async (key, version) => {
        await held.promise;
        return inner.delete(key, version);
      },
    }));
    const three = await c.node('node3', {}, slow);
    // Asked for from another pool, the Pod moves, and what it had is given back ...
    const moving = three.add('web-0', 'c2', ['lab']);
    for (let turn = 0; turn < 10; turn += 1) await events();
    // ... while its next container, on another node, takes that over.
    expect(await two.add('web-0', 'c3')).toEqual([address]);
    held.resolve();
    await moving;
    await events();
    const { state } = await three.daemon.administration.stateOf(parseAddress(address));
    expect(state).toBe('held');
  });

  it('has the first of two that one container claimed, whose node had not heard of that when its ADD was repeated', async () => {
    const { c, one } = await cluster();
    const ears = deafened(c.store);
    const two = await c.node('node2b', {}, ears.store);
    ears.isDeaf = true;
    const create = c.store.create.bind(c.store);
    c.store.create = async (resource) => {
      await create(resource);
      throw new IpamError('store-unavailable', 'the answer was lost');
    };
    expect(await codeOf(two.add('web-0', 'c1'))).toBe('store-unavailable');
    c.store.create = create;
    const [first] = await c.claims();
    const adding = two.add('web-0', 'c1');
    for (let turn = 0; turn < 10; turn += 1) await events();
    expect(await c.claims()).toHaveLength(2);
    ears.isDeaf = false;
    const given = await adding;
    expect([`${given[0]} c1`, await c.claims()]).toEqual([first, [first]]);
    await two.del('c1');
    expect(await one.add('web-0', 'c2')).toEqual(given);
  });
});
