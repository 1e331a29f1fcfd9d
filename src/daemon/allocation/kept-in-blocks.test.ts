import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { exactly } from '../../ipam/requested-address.ts';
import type { Block } from '../../resources/block.ts';
import { blockKind } from '../../resources/block.ts';
import type { Claim } from '../../resources/claim.ts';
import { claimKind } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Store } from '../../store/store.ts';
import { wrap } from '../../store/wrap.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { quietMs } from '../recovery/store-history.ts';
import { add, blocks, db, fill, inBlock, keeping, leased } from '../testing/blocks.ts';
import { deafened, events, type Node } from '../testing/cluster.ts';

describe('an address of a leased block that stays', () => {
  it('costs one write beside the lease, and is the same on another node, as a host of its own', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    await add(one, 'x');
    await one.daemon.maintenance.round();
    c.writes = 0;
    const given = await add(one, 'c1', { stay: db });
    expect([c.writes, given.prefixLength, given.block]).toEqual([1, 29, undefined]);
    await one.del('c1');
    expect([await c.claims(), c.writes]).toEqual([[`${given.address} parked`], 2]);
    const moved = await add(two, 'c2', { stay: db });
    expect(moved).toEqual({ ...given, prefixLength: 32 });
    expect([await c.claims(), c.writes]).toEqual([[`${given.address} c2`], 3]);
    // Late, and once more: nothing changes.
    await one.del('c1');
    expect([await c.claims(), c.writes]).toEqual([[`${given.address} c2`], 3]);
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('is given to nobody else by whoever leases its block, held elsewhere or parked, and after its end only once it has cooled down', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    const { address } = await add(one, 'c1', { stay: db });
    await one.del('c1');
    const others = await fill(one, 'x');
    // Sixteen blocks of five; this one is out.
    expect([others.length, others.includes(address)]).toEqual([16 * inBlock - 1, false]);
    expect((await add(two, 'c2', { stay: db })).address).toBe(address);
    await expect(add(one, 'y')).rejects.toMatchObject({ code: 'pool-exhausted' });
    await two.del('c2');
    await expect(add(one, 'y')).rejects.toMatchObject({ code: 'pool-exhausted' });
    await one.del('x0');
    c.clock.advance(10_000);
    await two.daemon.administration.unkeep({ kind: 'identity', namespace: '', name: 'db' });
    await events();
    expect([await c.claims(), await one.check()]).toEqual([[], []]);
    // Of two that cool down, the one that has for longer.
    expect([(await add(one, 'y')).address, (await add(one, 'z')).address]).toEqual([others[0], address]);
  });

  it('is withheld by the next lessee of its block, whose watch has not shown it yet', async () => {
    const { c, nodes } = await blocks('node1');
    const [one] = nodes as [Node];
    const { address } = await add(one, 'c1', { stay: db });
    const ears = deafened(c.store);
    const two = await c.node('node2', keeping, ears.store);
    await one.del('c1');
    one.die();
    ears.isDeaf = true;
    for (const { metadata } of (await c.store.list<Block>(blockKind)).items)
      await c.store.delete({ kind: blockKind, name: metadata.name }, undefined);
    ears.isDeaf = false;
    await events();
    const others = await fill(two, 'x');
    expect([others.length, others.includes(address)]).toEqual([16 * inBlock - 1, false]);
    expect((await add(two, 'c2', { stay: db })).address).toBe(address);
  });

  it('opens no block while nobody can say what is claimed of it', async () => {
    const { c } = await blocks();
    let isSilent = true;
    const store = silent(c.store, () => isSilent);
    const one = await c.node('node1', keeping, store);
    await expect(add(one, 'x')).rejects.toMatchObject({ code: 'store-unavailable' });
    const [block] = await leased(c);
    isSilent = false;
    expect(`${(await add(one, 'x')).block} node1`).toBe(block);
    expect(await leased(c)).toEqual([block]);
  });

  it('lets its block go all the same, and stays when its node is forgotten', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    const { address } = await add(one, 'c1', { stay: db });
    one.die();
    await two.daemon.administration.forgetNode('node1');
    expect([await leased(c), await c.claims()]).toEqual([[], [`${address} parked`]]);
    const others = await fill(two, 'x');
    expect(others).not.toContain(address);
    expect((await add(two, 'c2', { stay: db })).address).toBe(address);
  });

  it('is withheld over a restart, with the store and without it', async () => {
    const { c } = await blocks();
    let kept: Parameters<NonNullable<DaemonOptions['lastKnownState']>['save']>[0] | undefined;
    const lastKnownState: DaemonOptions['lastKnownState'] = {
      load: () => kept,
      save: async (state) => {
        kept = state;
      },
    };
    const one = await c.node('node1', { ...keeping, lastKnownState });
    const { address } = await add(one, 'c1', { stay: db });
    await add(one, 'x');
    await one.del('c1');
    one.die();
    const refused = () => Promise.reject(new IpamError('store-unavailable', 'away'));
    const away = wrap(c.store, () => ({ list: refused, create: refused }));
    const again = await c.node('node1', { ...keeping, lastKnownState }, away);
    const given: string[] = [];
    for (let next = 0; next < inBlock - 2; next += 1) given.push((await add(again, `y${next}`)).address);
    expect(given).not.toContain(address);
    const network = { network: 'net', source: { kind: 'named', pools: ['pods'] }, families: [] } as const;
    expect(again.daemon.ipam.readiness(network).reason).toContain('no block leased by this node has a free address');
  });

  it('cools down once its claim is gone, whoever has freed it', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    const { address } = await add(one, 'c1', { stay: db });
    await one.del('c1');
    await two.daemon.administration.unkeep({ kind: 'identity', namespace: '', name: 'db' });
    await events();
    const soon: string[] = [];
    for (let next = 0; next < 2 * inBlock; next += 1) soon.push((await add(one, `x${next}`)).address);
    expect([await c.claims(), soon.includes(address)]).toEqual([[], false]);
    c.clock.advance(31_000);
    expect(await fill(one, 'y')).toContain(address);
  });
});

describe('a claim in a block of which nobody knows', () => {
  /** Creates of claims are carried out, or not, and not answered. */
  async function unanswered(isCarriedOut: boolean, asking: Partial<AllocateRequest> = {}) {
    const { c } = await blocks();
    let isLost = true;
    const store = wrap(c.store, (inner) => ({
      async create(resource, uid) {
        if (resource.kind !== claimKind || !isLost) return inner.create(resource, uid);
        if (isCarriedOut) await inner.create(resource, uid);
        throw new IpamError('store-unavailable', 'no answer');
      },
    }));
    const one = await c.node('node1', keeping, store);
    await expect(add(one, 'c1', { ...asking, stay: db })).rejects.toMatchObject({ code: 'store-unavailable' });
    isLost = false;
    await events();
    return { c, one };
  }

  it('withholds its address until it is known that none came', async () => {
    const { c, one } = await unanswered(false);
    expect(await c.claims()).toEqual([]);
    expect(await fill(one, 'x')).toHaveLength(16 * inBlock - 1);
    await one.daemon.maintenance.round();
    await expect(add(one, 'y')).rejects.toMatchObject({ code: 'pool-exhausted' });
    c.clock.advance(76_000);
    await one.daemon.maintenance.round();
    expect((await add(one, 'y')).address).toMatch(/^10\.30\.0\./);
  });

  it('is tried first by whoever needs a claim: calls that fail do not empty a block', async () => {
    const { c, one } = await unanswered(false);
    const { address } = await add(one, 'c2', { stay: db });
    expect(await c.claims()).toEqual([`${address} c2`]);
    expect(await fill(one, 'x')).toHaveLength(16 * inBlock - 1);
  });

  it('is tried by who asks for exactly it, and is taken for others', async () => {
    const { c, one } = await unanswered(false, { requested: [exactly(parseAddress('10.30.0.50'))] });
    const asking = { requested: [exactly(parseAddress('10.30.0.50'))] };
    await expect(add(one, 'x', asking)).rejects.toMatchObject({ code: 'address-taken' });
    expect((await add(one, 'c2', { ...asking, stay: db })).address).toBe('10.30.0.50');
    expect(await c.claims()).toEqual(['10.30.0.50 c2']);
  });

  it('is not freed by a look that somebody who tries it has overtaken', async () => {
    const { c, one } = await unanswered(false);
    const others = await fill(one, 'x');
    const inner = { get: c.store.get.bind(c.store), create: c.store.create.bind(c.store) };
    const made = Promise.withResolvers<void>();
    let trying: ReturnType<typeof add> | undefined;
    c.store.create = async (resource, uid) => {
      if (resource.kind === claimKind) await made.promise;
      return inner.create(resource, uid);
    };
    c.store.get = async (key) => {
      const present = await inner.get<never>(key);
      trying ??= add(one, 'c2', { stay: db });
      await events();
      return present;
    };
    c.clock.advance(76_000);
    await one.daemon.maintenance.round();
    await expect(add(one, 'y')).rejects.toMatchObject({ code: 'pool-exhausted' });
    made.resolve();
    expect([others.includes((await trying)?.address ?? ''), await c.claims()]).toEqual([
      false,
      [`${(await trying)?.address} c2`],
    ]);
  });

  it('is the one that its container has when it asks again', async () => {
    const { c, one } = await unanswered(true);
    const [claimed] = await c.claims();
    expect(`${(await add(one, 'c1', { stay: db })).address} c1`).toBe(claimed);
  });

  it('is deleted, and kept for nobody, when it comes after somebody else was given the address', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    const { address } = await add(one, 'x');
    const late = await add(two, 'c1', { stay: db });
    const { spec } = await c.claim(late.address);
    await two.del('c1');
    await c.store.create({
      apiVersion: 'berth.network/v1alpha1',
      kind: claimKind,
      metadata: { name: address },
      spec: { ...spec, address, node: 'node1', daemon: 'node1', containerId: 'c9' },
    } as Claim);
    await events();
    expect((await one.check()).map(({ invariant, subject }) => [invariant, subject])).toEqual([[1, address]]);
    await one.del('c9');
    expect(await c.claims()).toEqual([`${late.address} parked`]);
    await one.del('x');
    expect(await one.check()).toEqual([]);
  });
});

describe('exactly this address of a leased block', () => {
  const asking = (text: string): Partial<AllocateRequest> => ({
    stay: db,
    requested: [exactly(parseAddress(text))],
  });

  it('stays with whom it is for, and is refused to others by his name', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    const given = await add(one, 'c1', asking('10.30.0.50'));
    expect([given.address, await c.claims()]).toEqual(['10.30.0.50', ['10.30.0.50 c1']]);
    await one.del('c1');
    const theirs = { ...asking('10.30.0.50'), stay: { ...db, identity: 'other' } };
    await expect(add(one, 'c2', theirs)).rejects.toMatchObject({
      code: 'address-taken',
      message: expect.stringContaining('kept for Identity db'),
    });
    expect((await add(two, 'c3', asking('10.30.0.50'))).address).toBe('10.30.0.50');
  });

  it('is free still when its claim could not be asked for', async () => {
    const { c, nodes } = await blocks('node1');
    const [one] = nodes as [Node];
    const { block } = await add(one, 'c1', { requested: asking('10.30.0.51').requested ?? [] });
    one.daemon.history.wentBack(claimKind, 'as this test has it');
    await expect(add(one, 'c2', asking('10.30.0.50'))).rejects.toMatchObject({ code: 'not-ready' });
    c.clock.advance(quietMs);
    expect([block, (await add(one, 'c3', asking('10.30.0.50'))).address]).toEqual(['10.30.0.48/29', '10.30.0.50']);
  });
});

function silent(store: Store, isSilent: () => boolean): Store {
  return wrap(store, (inner) => ({
    list: (kind, selection) =>
      kind === claimKind && selection !== undefined && isSilent()
        ? Promise.reject(new IpamError('store-unavailable', 'no answer'))
        : inner.list(kind, selection),
  }));
}
