import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { sandboxDeadlineMs } from '../../ipam/reclaim/garbage.ts';
import { claimKind } from '../../resources/claim.ts';
import {
  add,
  conf,
  del,
  high,
  low,
  messageOf,
  passIdle,
  poolNames,
  type Range,
  textOf,
  twoNodes,
} from '../testing/ranges.ts';
import { cooldownMs, pool, world } from '../testing/world.ts';

describe('the ranges of one network that differ by node', () => {
  it('give each node its own addresses with its own gateway, whatever the order', async () => {
    const { node1, node2 } = await twoNodes();
    expect(await add(node1, conf, 'a', [low])).toBe('10.45.0.10 via 10.45.0.1');
    expect(await add(node2, conf, 'b', [high])).toBe('10.45.0.30 via 10.45.0.254');
    expect(await add(node1, conf, 'c', [low])).toBe('10.45.0.11 via 10.45.0.1');
    expect(await add(node2, conf, 'd', [high])).toBe('10.45.0.31 via 10.45.0.254');
    expect(await messageOf(add(node1, conf, 'e', [low]))).toMatch(
      /10\.45\.0\.10-10\.45\.0\.11 of network "macvlan-conf" has 2 of 2 in use/,
    );
    expect([await node1.administration.check(), await node2.administration.check()]).toEqual([[], []]);
  });

  it('give one address once where they overlap, and never a gateway that either names', async () => {
    const { node1, node2, store } = await twoNodes();
    const [one, other] = [
      { subnet: '10.46.0.0/29', gateway: '10.46.0.1' },
      { subnet: '10.46.0.0/29', gateway: '10.46.0.6' },
    ];
    await add(node1, conf, 'first-1', [one]);
    await add(node2, conf, 'first-2', [other]);
    const given: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      given.push(
        await messageOf(add(turn % 2 === 0 ? node1 : node2, conf, `c${turn}`, [turn % 2 === 0 ? one : other])),
      );
    }
    const { items } = await store.list(claimKind);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['10.46.0.2', '10.46.0.3', '10.46.0.4', '10.46.0.5']);
  });

  it('give one address once where every node has the same file', async () => {
    const { node1, node2 } = await twoNodes();
    const range = { subnet: '10.88.0.0/29' };
    const given = [
      await add(node1, 'podman', 'a', [range]),
      await add(node2, 'podman', 'b', [range]),
      await add(node1, 'podman', 'c', [range]),
      await add(node2, 'podman', 'd', [range]),
      await add(node1, 'podman', 'e', [range]),
    ];
    expect(new Set(given).size).toBe(5);
    expect(await messageOf(add(node2, 'podman', 'f', [range]))).toMatch(/has 5 of 5 in use/);
  });
});

describe('a network’s file that changes', () => {
  const changes: readonly [string, Range, Range, string][] = [
    ['widened', { subnet: '10.50.0.0/29' }, { subnet: '10.50.0.0/28' }, '10.50.0.3 via 10.50.0.1'],
    [
      'with a lower rangeEnd',
      { subnet: '10.50.0.0/24', end: '10.50.0.9' },
      { subnet: '10.50.0.0/24', end: '10.50.0.5' },
      '10.50.0.3 via 10.50.0.1',
    ],
    [
      'with a rangeEnd below what is out',
      { subnet: '10.50.0.0/24', start: '10.50.0.2', end: '10.50.0.9' },
      { subnet: '10.50.0.0/24', start: '10.50.0.8', end: '10.50.0.9' },
      '10.50.0.8 via 10.50.0.1',
    ],
    ['moved', { subnet: '10.50.0.0/24' }, { subnet: '10.51.0.0/24' }, '10.51.0.2 via 10.51.0.1'],
    [
      'with another gateway',
      { subnet: '10.50.0.0/24' },
      { subnet: '10.50.0.0/24', gateway: '10.50.0.254' },
      '10.50.0.3 via 10.50.0.254',
    ],
    ['cut smaller', { subnet: '10.50.0.0/24' }, { subnet: '10.50.0.0/25' }, '10.50.0.3 via 10.50.0.1'],
  ];
  it.each(changes)(
    '%s gives new addresses by the new file, and keeps what is out until its DEL',
    async (_, before, after, expected) => {
      const { daemon, store, clock, restart } = await world('');
      const first = await add(daemon, conf, 'old', [before]);
      expect(await add(daemon, conf, 'new', [after])).toBe(expected);
      const again = (await restart()).daemon;
      const held = again.ipam.find({ network: conf, containerId: 'old', ifname: 'eth0' });
      expect(held === undefined ? '' : textOf(held)).toBe(first);
      expect(await add(again, conf, 'more', [after])).not.toBe(first);
      expect(await again.administration.check()).toEqual([]);
      await del(again, conf, 'old');
      await passIdle(clock, again);
      const left = await poolNames(store);
      expect(left).toHaveLength(1);
      expect(await again.administration.check()).toEqual([]);
    },
  );

  it('works when its network is renamed, with and without addresses out', async () => {
    const { daemon, store, clock } = await world('');
    const range = { subnet: '10.52.0.0/24' };
    await add(daemon, 'before', 'a', [range]);
    expect(await add(daemon, 'after', 'b', [range])).toBe('10.52.0.3 via 10.52.0.1');
    await del(daemon, 'before', 'a');
    await passIdle(clock, daemon);
    expect(await poolNames(store)).toEqual([expect.stringMatching(/^cni-after-10\.52\.0\.0-24-/)]);
  });

  it('takes other, more, fewer or reordered sets', async () => {
    const { daemon } = await world('');
    const [four, six] = [{ subnet: '10.53.0.0/24' }, { subnet: 'fd53::/64' }];
    expect(await add(daemon, conf, 'a', [four])).toBe('10.53.0.2 via 10.53.0.1');
    expect(await add(daemon, conf, 'b', [four, six])).toBe('10.53.0.3 via 10.53.0.1, fd53::2 via fd53::1');
    expect(await add(daemon, conf, 'c', [six, four])).toBe('fd53::3 via fd53::1, 10.53.0.4 via 10.53.0.1');
    expect(await add(daemon, conf, 'd', [six])).toBe('fd53::4 via fd53::1');
  });

  it('leaves a former gateway alone for a cool-down after the last Pod that may use it', async () => {
    const { daemon, clock } = await world('');
    const before = { subnet: '10.54.0.0/29', gateway: '10.54.0.2' };
    const after = { subnet: '10.54.0.0/29', gateway: '10.54.0.6' };
    await add(daemon, conf, 'old', [before]);
    const given: string[] = [];
    for (const id of ['a', 'b', 'c']) given.push(await add(daemon, conf, id, [after]));
    expect(given.map((text) => text.split(' ')[0])).toEqual(['10.54.0.3', '10.54.0.4', '10.54.0.5']);
    expect(await messageOf(add(daemon, conf, 'd', [after]))).toMatch(/has 4 of 4 in use/);
    await del(daemon, conf, 'old');
    await passIdle(clock, daemon);
    // The former gateway cools down; the former Pod's address has.
    expect(daemon.administration.coolingDown().map(({ address }) => address)).toContain('10.54.0.2');
    expect(await add(daemon, conf, 'e', [after])).toBe('10.54.0.1 via 10.54.0.6');
    clock.advance(cooldownMs + 1);
    expect(await add(daemon, conf, 'f', [after])).toBe('10.54.0.2 via 10.54.0.6');
  });
});

describe('addresses that cool down', () => {
  it('do so in every pool that offers them, also over a restart', async () => {
    const { daemon, clock, restart } = await world('');
    const [before, after] = [{ subnet: '10.70.0.0/29' }, { subnet: '10.70.0.0/28' }];
    await add(daemon, conf, 'a', [before]);
    await add(daemon, conf, 'b', [after]);
    await del(daemon, conf, 'b');
    clock.advance(1);
    await del(daemon, conf, 'a');
    expect(await add((await restart()).daemon, conf, 'c', [after])).toBe('10.70.0.4 via 10.70.0.1');
  });
});

describe('a gateway outside its subnet', () => {
  it.each([
    ['2001:db8:5:333::/64', '2001:db8:5::1', '2001:db8:5:333::1'],
    ['2001:db8:5:334::/64', 'fe80::1', '2001:db8:5:334::1'],
    ['10.61.0.0/24', '169.254.1.1', '10.61.0.1'],
  ])('is given with the addresses of %s: %s', async (subnet, gateway, first) => {
    const { daemon } = await world('');
    expect(await add(daemon, conf, 'a', [{ subnet, gateway }])).toBe(`${first} via ${gateway}`);
    expect(await daemon.administration.check()).toEqual([]);
  });

  it('may be the link-local one of a router in any pool, and no other', async () => {
    const { daemon } = await world('');
    const routes = [{ dst: 'fd99::/64', gw: 'fe80::2' }];
    await daemon.resources.apply(pool('six', { subnet: 'fd62::/64', gateway: 'fe80::1', routes }));
    const far = daemon.resources.apply(pool('far', { subnet: 'fd63::/64', gateway: 'fd64::1' }));
    expect(await messageOf(far)).toMatch(/gateway fd64::1 is outside spec.subnet/);
    const four = daemon.resources.apply(pool('four', { subnet: '10.62.0.0/24', gateway: '10.63.0.1' }));
    expect(await messageOf(four)).toMatch(/gateway 10.63.0.1 is outside spec.subnet/);
  });
});

describe('networks whose names look alike', () => {
  it('have a pool each', async () => {
    const { daemon, store } = await world('');
    const names = ['a_b', 'a-b', 'A-B', 'Prod', 'prod', 'prod-1', 'x'.repeat(300)];
    const given: string[] = [];
    for (const [index, name] of names.entries()) {
      const start = `10.55.0.${10 * (index + 1)}`;
      given.push(await add(daemon, name, 'a', [{ subnet: '10.55.0.0/24', start, end: start }]));
    }
    expect(given.map((text) => text.split(' ')[0])).toEqual(names.map((_, index) => `10.55.0.${10 * (index + 1)}`));
    expect(await poolNames(store)).toHaveLength(names.length);
  });
});

describe('networks that never meet', () => {
  const range = { subnet: '10.41.0.0/29' };
  it('give the same addresses, each in its scope, over restarts, DEL, check and lookup', async () => {
    const { daemon, store, clock, restart } = await world('');
    expect(await add(daemon, 'blue', 'a', [range], 'blue')).toBe('10.41.0.2 via 10.41.0.1');
    expect(await add(daemon, 'red', 'b', [range], 'Red Net')).toBe('10.41.0.2 via 10.41.0.1');
    expect(await add(daemon, 'plain', 'c', [range])).toBe('10.41.0.2 via 10.41.0.1');
    expect(await add(daemon, 'blue-too', 'd', [range], 'blue')).toBe('10.41.0.3 via 10.41.0.1');
    const { items } = await store.list(claimKind);
    expect(items.map(({ metadata }) => metadata.name)).toEqual([
      '10.41.0.2',
      '10.41.0.2.scope-blue',
      expect.stringMatching(/^10\.41\.0\.2\.scope-red-net--[a-z2-7]{20}$/),
      '10.41.0.3.scope-blue',
    ]);
    const again = (await restart()).daemon;
    expect(again.administration.holdersOf(parseAddress('10.41.0.2'))).toHaveLength(3);
    expect(await again.administration.check()).toEqual([]);
    await del(again, 'red', 'b');
    expect(
      again.administration.coolingDown().map(({ address, pool: of }) => `${address} ${of.includes('.scope-red')}`),
    ).toEqual(['10.41.0.2 true']);
    expect(await add(again, 'red', 'e', [range], 'Red Net')).toBe('10.41.0.3 via 10.41.0.1');
    expect(await add(again, 'plain', 'f', [range])).toBe('10.41.0.3 via 10.41.0.1');
    clock.advance(sandboxDeadlineMs * 2);
    await again.maintenance.round();
    expect(await again.administration.check()).toEqual([]);
    expect((await store.list(claimKind)).items).toHaveLength(5);
  });
});
