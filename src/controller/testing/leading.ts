import { sandboxDeadlineMs } from '../../ipam/reclaim/garbage.ts';
import type { UnreadyPolicy } from '../../ipam/reclaim/unready-nodes.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { Controller, type ControllerParts } from '../controller.ts';
import { ClusterState } from '../state.ts';
import { FakeCluster } from './live.ts';
import { StoreEndpoints } from './store-endpoints.ts';
import { newStore, TestClock } from './world.ts';

/** What a controller acts on. */
export interface Ground {
  readonly clock: TestClock;
  readonly store: MemoryStore;
  readonly live: FakeCluster;
}

export function newGround(): Ground {
  const clock = new TestClock();
  return { clock, store: newStore(clock), live: new FakeCluster() };
}

/** What is known of the store, once everything was listed. */
export async function stateOf({ clock, store }: Pick<Ground, 'clock' | 'store'>, signal: AbortSignal) {
  const state = new ClusterState({ store, log: silentLog, clock });
  await state.start(signal);
  return state;
}

/** No node that is there counts as lost. */
export const neverByItself: UnreadyPolicy = {
  sandboxDeadlineMs,
  isTerminatingEnough: false,
  terminatingDelayMs: 5_000,
  nodeNotReadyMs: undefined,
};

/** A controller that leads until the signal aborts, and has done what there was to do. @returns when its term is over */
export async function leading(
  ground: Ground,
  signal: AbortSignal,
  more: Partial<ControllerParts> = {},
): Promise<{ readonly term: Promise<void> }> {
  const controller = new Controller({
    ...ground,
    state: await stateOf(ground, signal),
    endpoints: new StoreEndpoints(ground.store),
    log: silentLog,
    observer: { reconciled: () => {}, reclaimed: () => {} },
    resyncMs: 600_000,
    lostNodesMs: 60_000,
    reclaims: true,
    unready: neverByItself,
    drainMs: 0,
    scaleDownGraceMs: 30_000,
    enableStatefulSet: true,
    enableKubevirtStaticIP: true,
    whenScaled: 'Delete',
    flexibleCount: 1,
    publishesOccupancy: false,
    ...more,
  });
  const term = controller.lead(signal);
  await ground.clock.advance(1_000);
  return { term };
}
