import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distribution } from '../kit/distribution.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { waitFor } from '../kit/wait.ts';
import type { Machine } from './lab.ts';
import { Racks } from './racks.ts';

/** One in the block of each node. */
const homes = { 'node-1': '10.244.4.10', 'node-2': '10.244.5.10', 'node-3': '10.244.8.10', 'node-4': '10.244.9.10' };
const blocks = ['10.244.4.0/24', '10.244.5.0/24', '10.244.8.0/24', '10.244.9.0/24'];

async function reach(from: Machine, address: string): Promise<void> {
  await waitFor(`${from.name} to reach ${address}`, async () => (await from.namespace.ping(address)) || undefined);
}

async function hopsAre(machine: Machine, prefix: string, hops: readonly string[]): Promise<void> {
  await waitFor(`${machine.name} to send ${prefix} to ${hops.join(' and ') || 'nobody'}`, async () => {
    const now = await machine.nextHops(prefix);
    return now.join() === hops.join() || undefined;
  });
}

/** Real routers in namespaces: two spines, leaves of FRR and of BIRD or GoBGP, two racks with two nodes each, which run BIRD. */
describe.skipIf(needsRoot !== '')(asRoot('a fabric that is told what ipam-cli renders'), () => {
  describe('whose nodes announce blocks', () => {
    const racks = new Racks('bird');
    const pods = new Map<string, Machine>();
    const leaves = () => [racks.machine('leaf-1'), racks.machine('leaf-2')];
    const podOn = (node: string): Machine => pods.get(node) ?? racks.machine(node);

    beforeAll(async () => {
      await racks.start();
      for (const [node, address] of Object.entries(homes)) pods.set(node, await racks.pod(node, address));
    }, 300_000);
    afterAll(() => racks.lab.remove());

    it('lets every Pod reach every other one, over both leaves', async () => {
      for (const block of blocks) await hopsAre(racks.machine('spine-1'), block, ['10.9.0.2', '10.9.1.2']);
      await hopsAre(racks.machine('node-1'), '10.244.8.0/24', ['192.168.1.1', '192.168.1.2']);
      await hopsAre(racks.machine('node-4'), '10.244.4.0/24', ['192.168.2.1', '192.168.2.2']);
      for (const pod of pods.values()) for (const address of Object.values(homes)) await reach(pod, address);
    }, 300_000);

    it('has one route for each block, and none for an address of one', async () => {
      const pod = await racks.pod('node-1', '10.244.4.11');
      await reach(pod, homes['node-4']);
      for (const name of ['spine-1', 'spine-2']) expect(await racks.machine(name).learned('bird')).toBe(blocks.length);
      expect(await racks.machine('spine-1').nextHops('10.244.4.11/32')).toEqual([]);
      await racks.endPod('node-1', '10.244.4.11', pod);
    }, 300_000);

    it('sends nothing over a node that is not for it, though each is connected to both leaves', async () => {
      expect(await racks.machine('leaf-2').birdSays('show route 10.244.8.0/24 protocol bgp_node_3')).toContain(
        'AS4200000003',
      );
      for (const other of ['node_1', 'node_2', 'node_4']) {
        const table = await racks.machine('leaf-2').birdSays(`show route protocol bgp_${other}`);
        expect(table).not.toContain('10.244.8.0/24');
      }
    });

    it('answers for what nobody has in a block of its own, and does not send it up and back', async () => {
      const said = await podOn('node-4').exec('sh', '-c', 'ping -c 1 -W 5 10.244.4.200 2>&1; true');
      expect(said).toContain('Destination Host Unreachable');
      expect(said).not.toContain('Time to live exceeded');
    }, 120_000);

    it('lets an address outside of the blocks move to another rack, and withdraws it where it was', async () => {
      const address = '10.244.100.7';
      const took: number[] = [];
      for (const [node, other] of [
        ['node-1', 'node-4'],
        ['node-3', 'node-2'],
        ['node-1', 'node-4'],
        ['node-3', 'node-2'],
      ] as const) {
        const began = performance.now();
        const pod = await racks.pod(node, address);
        await waitFor('both leaves to know the way', async () => {
          const hops = await Promise.all(leaves().map((leaf) => leaf.nextHops(`${address}/32`)));
          return hops.every((one) => one.length > 0) || undefined;
        });
        took.push(performance.now() - began);
        await reach(podOn(other), address);
        await racks.endPod(node, address, pod);
        for (const machine of [...leaves(), racks.machine('spine-1')]) await hopsAre(machine, `${address}/32`, []);
      }
      process.stdout.write(`from the Pod's interface to the route at both leaves, ms: ${distribution(took)}\n`);
    }, 300_000);

    // The last: that node stays away.
    it('misses a node that has lost its link long before the hold time is over', async () => {
      const leaf = racks.machine('leaf-1');
      await waitFor('BFD to be up', async () => {
        const peers = await leaf.frrSays('show bfd peers brief');
        return /192\.168\.1\.10\s+up/.test(peers) || undefined;
      });
      await hopsAre(leaf, '10.244.4.0/24', ['192.168.1.10']);
      const began = performance.now();
      await racks.machine('node-1').exec('ip', 'link', 'set', 'eth0', 'down');
      const missed = async () => !(await leaf.nextHops('10.244.4.0/24')).includes('192.168.1.10') || undefined;
      await waitFor('leaf-1 to miss it', missed, 30_000);
      const ms = Math.round(performance.now() - began);
      process.stdout.write(`from the loss of a node's link to the end of its route at the leaf: ${ms} ms\n`);
      for (const machine of leaves()) await hopsAre(machine, '10.244.4.0/24', []);
    }, 200_000);
  });

  describe('one of whose leaves is GoBGP', () => {
    const racks = new Racks('gobgp');
    afterAll(() => racks.lab.remove());

    it('lets every Pod reach every other one, over both leaves', async () => {
      await racks.start();
      const pods: Machine[] = [];
      for (const [node, address] of Object.entries(homes)) pods.push(await racks.pod(node, address));
      for (const block of blocks) await hopsAre(racks.machine('spine-1'), block, ['10.9.0.2', '10.9.1.2']);
      await hopsAre(racks.machine('node-1'), '10.244.8.0/24', ['192.168.1.1', '192.168.1.2']);
      for (const pod of pods) for (const address of Object.values(homes)) await reach(pod, address);
    }, 300_000);
  });

  describe('whose leaves aggregate', () => {
    const racks = new Racks('gobgp', { isAggregatedAtLeaf: true });
    afterAll(() => racks.lab.remove());

    it('tells the spines one route a rack, and one more for an address that is out of place', async () => {
      await racks.start();
      const spine = racks.machine('spine-1');
      for (const rack of ['10.244.4.0/22', '10.244.8.0/22']) await hopsAre(spine, rack, ['10.9.0.2', '10.9.1.2']);
      expect(await spine.learned('bird')).toBe(2);
      const near = await racks.pod('node-1', homes['node-1']);
      await racks.pod('node-3', '10.244.100.8');
      await hopsAre(spine, '10.244.100.8/32', ['10.9.0.2', '10.9.1.2']);
      expect(await spine.learned('bird')).toBe(3);
      await reach(near, '10.244.100.8');
    }, 300_000);
  });

  describe('whose nodes announce single addresses alone', () => {
    const racks = new Racks('bird', { isHostsOnly: true });
    afterAll(() => racks.lab.remove());

    it('has one route for each Pod', async () => {
      await racks.start();
      const pod = await racks.pod('node-1', homes['node-1']);
      for (const address of ['10.244.8.10', '10.244.8.11', '10.244.8.12']) await racks.pod('node-3', address);
      await reach(pod, '10.244.8.12');
      await waitFor('four routes', async () => (await racks.machine('spine-1').learned('bird')) === 4 || undefined);
      await hopsAre(racks.machine('node-1'), '10.244.8.12/32', ['192.168.1.1', '192.168.1.2']);
    }, 300_000);
  });
});
