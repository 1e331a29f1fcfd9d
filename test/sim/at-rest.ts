import { attachmentKey } from '../../src/ipam/attachment.ts';
import type { Block } from '../../src/resources/block.ts';
import { blockKind } from '../../src/resources/block.ts';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import { type PoolResource, poolKind } from '../../src/resources/pool.ts';
import { rangesOwner } from '../../src/resources/ranges-owner.ts';
import { addressKey } from '../../src/resources/scope.ts';
import type { Store } from '../../src/store/store.ts';
import { machineOf } from './machines.ts';
import type { Machine } from './mischief.ts';
import type { Oracle } from './oracle.ts';
import { BrokenPromise, type World } from './world.ts';

/** Nothing is under way any more: what the daemons hold is what runtimes were told, and nobody holds anything twice. */
export async function checkAtRest(world: World, machines: readonly Machine[], oracle: Oracle): Promise<void> {
  const holders = new Map<string, { readonly who: string; readonly machine: string | undefined }>();
  for (const { node } of machines) {
    const { daemon } = node;
    if (daemon === undefined) continue;
    oracle.checkKept(node);
    for (const { attachment, addresses, pod } of daemon.ipam.ledger.all()) {
      for (const held of addresses) {
        const address = addressKey(held);
        const [who, other, machine] = [
          `${node.name} ${attachmentKey(attachment)}`,
          holders.get(address),
          machineOf(pod?.name),
        ];
        // A virtual machine that moves has it twice.
        if (other !== undefined && (machine === undefined || machine !== other.machine))
          world.break(new BrokenPromise(1, `at rest: ${address} is held by ${other.who} and ${who}`, [held.address]));
        holders.set(address, { who, machine });
      }
    }
    for (const { invariant, subject, message } of await daemon.administration.check()) {
      // That what vanished is still held back is what was promised.
      if (subject === 'store' && mayForget(world)) continue;
      world.break(
        new BrokenPromise(invariant, `at rest: check on ${node.name}: ${subject} ${message}`, [subject, node.name]),
      );
    }
  }
}

/** Where nothing vanishes, and the store keeps its changes, a daemon must take it for what it is. */
function mayForget({ options: { faults } }: World): boolean {
  return faults.has('rollback') || faults.has('vanish') || faults.has('compaction');
}

/** Every container is gone, and a period of garbage collection has passed: nothing may be left. */
export async function checkNothingLeaked(world: World, machines: readonly Machine[], store: Store): Promise<void> {
  const leaked = (message: string, subject: string): void =>
    world.break(new BrokenPromise(6, `leaked: ${message}`, [subject]));
  for (const { node } of machines) {
    for (const { attachment, addresses } of node.daemon?.ipam.ledger.all() ?? []) {
      leaked(
        `${node.name} holds ${addresses.map(({ address }) => address)} for ${attachmentKey(attachment)}`,
        attachment.containerId,
      );
    }
    if (node.gone) continue;
    for (const { attachment } of node.disk.load().allocations) {
      leaked(`${node.name} has ${attachmentKey(attachment)} on record`, attachment.containerId);
    }
  }
  for (const { spec } of (await store.list<Claim>(claimKind)).items) {
    leaked(`${spec.address} is claimed by ${spec.node} for ${attachmentKey(spec)}`, spec.address);
  }
  for (const pool of (await store.list<PoolResource>(poolKind)).items) {
    if (rangesOwner(pool) === undefined) continue;
    leaked(`pool ${pool.metadata.name} of ranges, and nothing of it is held`, pool.metadata.name);
  }
  const { items } = await store.list<Block>(blockKind);
  for (const [holder, blocks] of Map.groupBy(items, ({ spec }) => `${spec.node} of pool ${spec.pool}`)) {
    if (blocks.length > 1) leaked(`${blocks.length} blocks at ${holder}, all empty`, blocks[1]?.spec.cidr ?? '');
  }
}
