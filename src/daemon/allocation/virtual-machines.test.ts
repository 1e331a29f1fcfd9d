import { describe, expect, it } from 'vitest';
import type { DaemonOptions } from '../daemon-options.ts';
import { both, cluster, deafened, events } from '../testing/cluster.ts';
import { launchers } from '../testing/launchers.ts';

async function vms(options: Partial<DaemonOptions> = {}) {
  const { c, one, two } = await cluster();
  one.die();
  two.die();
  const with_ = { podFacts: launchers, ...options };
  return { c, one: await c.node('node1', with_), two: await c.node('node2', with_) };
}

const [source, target, later] = ['virt-launcher-vm-abcde', 'virt-launcher-vm-target-fghij', 'virt-launcher-vm-klmno'];

describe('a virtual machine', () => {
  it('has its addresses of both families again after a restart, by another Pod on another node, for one write each', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1', both);
    await one.del('c1');
    expect([await c.claims(), c.writes]).toEqual([given.map((address) => `${address} parked`).sort(), 4]);
    c.writes = 0;
    expect([await two.add(later, 'c2', both), c.writes]).toEqual([given, 2]);
    expect((await c.claim(given[0] ?? '')).spec).toMatchObject({ ownerKind: 'VirtualMachine', ownerName: 'vm' });
  });

  it('that is started anew waits until its former Pod has given the address back', async () => {
    const { one, two } = await vms();
    const [address] = await one.add(source, 'c1');
    await expect(two.add(later, 'c2')).rejects.toMatchObject({
      code: 'not-ready',
      message: `${address} stays with VirtualMachine shop/vm, and container c1 on node "node1" has not given it back yet`,
    });
  });

  it('has none that stay where enableKubevirtStaticIP is false', async () => {
    const { c, one } = await vms({ enableKubevirtStaticIP: false });
    await one.add(source, 'c1');
    await one.del('c1');
    expect(await c.claims()).toEqual([]);
  });
});

describe('a live migration', () => {
  it('shares the address between its two Pods, for one write, and breaks no promise', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    c.writes = 0;
    expect([await two.add(target, 'c2'), c.writes]).toEqual([given, 1]);
    for (const { daemon } of [one, two]) await daemon.maintenance.round();
    expect([await one.check(), await two.check()]).toEqual([[], []]);
    expect([one, two].map(({ daemon }) => daemon.administration.counts().allocations)).toEqual([1, 1]);
    // Nobody else gets it.
    expect(await one.add('virt-launcher-vm-target-x', 'x1', ['lab'])).not.toEqual(given);
  });

  it('back to where it came from waits for the container that was there, or ends it with its network namespace', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    c.netns.add('/run/netns/c1');
    await two.add(target, 'c2');
    await expect(one.add(`${target}-back`, 'c3')).rejects.toMatchObject({
      code: 'not-ready',
      message: `${given[0]} stays with VirtualMachine shop/vm, and container c1 on node "node1" has not given it back yet`,
    });
    c.netns.delete('/run/netns/c1');
    expect(await one.add(`${target}-back`, 'c3')).toEqual(given);
    await two.del('c2');
    expect(await c.claims()).toEqual([`${given[0]} c3`]);
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('is not touched by the late DEL of its source, and moves on from there', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    await two.add(target, 'c2');
    c.writes = 0;
    await one.del('c1');
    await one.del('c1');
    expect([await c.claims(), c.writes]).toEqual([[`${given[0]} c2`], 0]);
    expect(await one.add(`${target}-back`, 'c3')).toEqual(given);
    await two.del('c2');
    expect(await c.claims()).toEqual([`${given[0]} c3`]);
    await one.del('c3');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it.each(['all', 'own'])('that fails leaves the address with its source (claims known: %s)', async (known) => {
    const { c, one, two } = await vms({ knowsOnlyOwnClaims: known === 'own' });
    const given = await one.add(source, 'c1');
    await two.add(target, 'c2');
    await one.daemon.maintenance.round();
    await two.del('c2');
    await one.daemon.maintenance.round();
    await events();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    expect(await one.check()).toEqual([]);
  });

  it('is known to the daemon of its source over a restart', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    await two.add(target, 'c2');
    one.die();
    const again = await c.node('node1', { podFacts: launchers });
    expect(await again.check()).toEqual([]);
    await two.del('c2');
    await again.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
  });

  it('that failed while its source’s node was away leaves the address with the source, although the machine was started anew since', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    one.die();
    await two.add(target, 'c2');
    await two.del('c2');
    expect(await two.add(later, 'c3')).toEqual(given);
    const again = await c.node('node1', { podFacts: launchers });
    expect(await again.check()).toEqual([]);
    await two.del('c3');
    await again.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    expect(await again.check()).toEqual([]);
    await again.del('c1');
    expect((await c.claim(given[0] ?? '')).spec).toMatchObject({
      ownerKind: 'VirtualMachine',
      ownerName: 'vm',
      containerId: 'c1',
    });
  });

  it('of two that had it takes the word of the other along when one takes it back', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    one.die();
    await two.add(target, 'c2');
    two.die();
    const three = await c.node('node3', { podFacts: launchers });
    await three.add(`${target}-2`, 'c3');
    await three.del('c3');
    const again = [
      await c.node('node1', { podFacts: launchers }),
      await c.node('node2', { podFacts: launchers }),
    ] as const;
    for (const { daemon } of again) await daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    expect([await again[0].check(), await again[1].check()]).toEqual([[], []]);
    await again[0].del('c1');
    await again[1].daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it('finds its source though its node has not heard of the claim yet', async () => {
    const { c, one } = await vms();
    const ears = deafened(c.store);
    const two = await c.node('node2b', { podFacts: launchers }, ears.store);
    ears.isDeaf = true;
    const adding = one.add(source, 'c1');
    const given = await adding;
    const moving = two.add(target, 'c2');
    for (let turn = 0; turn < 10; turn += 1) await events();
    ears.isDeaf = false;
    expect(await moving).toEqual(given);
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it('is told by the label of its target alone: another Pod of the machine is none', async () => {
    const { c, one, two } = await vms();
    const given = await one.add(source, 'c1');
    await expect(two.add(later, 'c2')).rejects.toMatchObject({ code: 'not-ready' });
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
  });
});
