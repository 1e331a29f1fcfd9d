import { KubernetesLiveCluster } from '../controller/kubernetes-live-cluster.ts';
import { ListedClaims } from '../controller/listed-claims.ts';
import { ParkedClaims } from '../controller/parked-claims.ts';
import { ReclaimHistory } from '../controller/reclaim-history.ts';
import { systemClock } from '../platform/clock.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import { isIpamError } from '../resources/errors.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';

export interface ParkedUpkeepParts {
  readonly store: Store;
  /** Of the API server that knows who comes again. */
  readonly client: KubernetesClient;
  /** Is it this daemon's turn? One of those that share the store looks. */
  readonly isOwnTurn: () => Promise<boolean>;
  readonly enableStatefulSet: boolean;
  readonly enableKubevirtStaticIP: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Within the grace that owners have to come back. */
const roundMs = 10_000;
const graceMs = 30_000;

/**
 * Where no controller looks after the store, because the state is in an etcd and the Pods are Kubernetes', one of the daemons
 * frees what nobody comes back for.
 */
export async function keepParkedClaims(parts: ParkedUpkeepParts): Promise<void> {
  const { store, client, isOwnTurn, enableStatefulSet, enableKubevirtStaticIP, log, signal } = parts;
  const state = new ListedClaims();
  const history = new ReclaimHistory({ store, clock: systemClock, log });
  const parked = new ParkedClaims({
    state,
    store,
    live: new KubernetesLiveCluster({ client, component: 'ipam-daemon', now: Date.now }),
    clock: systemClock,
    log,
    signal,
    history,
    graceMs,
    isEnabled: enableStatefulSet,
    keepsMachines: enableKubevirtStaticIP,
    whenScaled: 'Delete',
  });
  while (!signal.aborted) {
    try {
      if (await isOwnTurn()) {
        state.replace((await store.list<Claim>(claimKind)).items);
        await parked.round();
        await history.flush();
      }
    } catch (error) {
      if (!isIpamError(error)) throw error;
      log.debug({ err: error }, 'cannot look at what is kept for Pods now');
    }
    await systemClock.pause(roundMs, signal);
  }
}
