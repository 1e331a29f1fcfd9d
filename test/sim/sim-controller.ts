import { AutomaticPoolReconciler } from '../../src/controller/applications/automatic-pools.ts';
import { ParkedClaims } from '../../src/controller/parked-claims.ts';
import { ClusterState } from '../../src/controller/state.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import type { AutomaticApplications } from './automatic.ts';
import { controllerOf, type Identities, scaleDownGraceMs } from './identities.ts';
import { Lifetime } from './lifetime.ts';
import { SimClock } from './sim-clock.ts';
import { simLink } from './sim-store.ts';
import { Turns } from './turns.ts';
import type { World } from './world.ts';

const roundMs = 10_000;
const awayMs = 10_000;
/** Between two looks at applications. */
const poolsMs = 500;

/** The parts of ipam-controller that free what is kept for whom nobody makes again, and keep applications' pools: the same code, with the world's faults. */
export class SimController {
  readonly #world: World;
  readonly #store: Store;
  readonly #identities: Identities;
  readonly #turns: Turns;
  #lifetime = new Lifetime();
  #parked: ParkedClaims | undefined;
  #isBusy = false;
  readonly #applications: AutomaticApplications | undefined;
  readonly #poolTurns: Turns;
  #pools: AutomaticPoolReconciler | undefined;
  #isAtPools = false;

  /** @param applications absent: none has pools of its own */
  constructor(world: World, store: Store, identities: Identities, applications?: AutomaticApplications) {
    this.#applications = applications;
    this.#poolTurns = new Turns(world);
    this.#world = world;
    this.#store = store;
    this.#identities = identities;
    this.#turns = new Turns(world);
  }

  /** Goes on while the world is at rest. */
  start(): void {
    this.#open();
    this.#turns.run(() => {
      if (this.#world.strikes('crash', 0.02)) this.#crash();
      else void this.#round();
      return roundMs;
    });
    if (this.#applications === undefined) return;
    this.#poolTurns.run(() => {
      void this.#lookAtPools();
      return poolsMs;
    });
  }

  /** Is its process there, and does it know what the store has? */
  get isUp(): boolean {
    return this.#parked !== undefined;
  }

  #open(): void {
    const [world, lifetime] = [this.#world, new Lifetime()];
    this.#lifetime = lifetime;
    this.#isBusy = false;
    this.#isAtPools = false;
    const clock = new SimClock(world, lifetime, { offsetMs: 0, pace: 1 });
    const store = wrap(this.#store, simLink(world, 'controller', lifetime, { cut: false }));
    const state = new ClusterState({ store, log: silentLog, clock });
    world.operation('controller', 'start');
    const { signal } = lifetime;
    const pod = async (_: string, name: string) => this.#pod(name);
    const live = { owner: async () => this.#owner(), pod, announce: async () => {} };
    void state.start(signal).then(() => {
      if (!lifetime.alive) return;
      const of = { state, store, live, clock, log: silentLog, signal };
      const applications = this.#applications;
      if (applications !== undefined)
        this.#pools = new AutomaticPoolReconciler({
          ...{ ...of, applications, flexibleCount: 1 },
          live: { announce: async () => {} },
        });
      this.#parked = new ParkedClaims({
        ...of,
        graceMs: scaleDownGraceMs,
        isEnabled: true,
        keepsMachines: true,
        whenScaled: 'Delete',
      });
    });
  }

  #owner() {
    return { replicas: this.#identities.replicas, start: 0, isDeleting: false, annotations: {} };
  }

  #pod(name: string) {
    const uid = this.#identities.uidOf(name);
    if (uid === undefined) return undefined;
    return {
      namespace: 'default',
      name,
      uid,
      annotations: {},
      controller: controllerOf(name),
      state: { kind: 'lives' as const },
    };
  }

  async #round(): Promise<void> {
    const lifetime = this.#lifetime;
    if (this.#parked === undefined || this.#isBusy) return;
    this.#isBusy = true;
    await this.#parked.round();
    if (lifetime === this.#lifetime) this.#isBusy = false;
  }

  async #lookAtPools(): Promise<void> {
    const [lifetime, pools] = [this.#lifetime, this.#pools];
    if (pools === undefined || this.#isAtPools) return;
    this.#isAtPools = true;
    for (const key of this.#applications?.keys ?? []) {
      try {
        await pools.reconcile(key);
      } catch (error) {
        // It comes again, as a work queue has it.
        if (!isIpamError(error)) throw error;
      }
      if (lifetime !== this.#lifetime) return;
    }
    this.#isAtPools = false;
  }

  #crash(): void {
    this.#world.operation('controller', 'crash');
    this.#lifetime.end();
    this.#parked = undefined;
    this.#pools = undefined;
    this.#world.scheduler.after(this.#world.delay(awayMs / 2), () => this.#open());
  }
}
