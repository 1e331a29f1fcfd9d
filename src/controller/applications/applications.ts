import { applicationKey } from '../../ipam/bind/application.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import { type Reflection, reflect } from '../../store/cache/reflector.ts';
import type { ResourceType } from '../../store/kubernetes/api-path.ts';
import {
  cronJobType,
  daemonSetType,
  deploymentType,
  jobType,
  podType,
  replicaSetType,
  statefulSetType,
} from '../../store/kubernetes/core.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { type AskingApplication, askedByPod, askedByWorkload, type Workload } from './workload.ts';

/** What is watched: what makes Pods, and the Pods that have yet to get their addresses, for makers of other kinds. */
export const applicationTypes: readonly ResourceType[] = [
  deploymentType,
  replicaSetType,
  statefulSetType,
  daemonSetType,
  jobType,
  cronJobType,
  { ...podType, fieldSelector: 'status.phase=Pending' },
];

/** How API servers have them that do not know the above: before Kubernetes 1.21. */
export const formerApplicationTypes: readonly ResourceType[] = [{ ...cronJobType, apiVersion: 'batch/v1beta1' }];

/** Of an object only this is kept: most ask for nothing. */
interface Kept {
  readonly asking: AskingApplication | undefined;
}

export interface ApplicationsOptions {
  /** Of `applicationTypes`. */
  readonly store: Store;
  /** Of `formerApplicationTypes`; absent: every API server knows the others. */
  readonly formerStore?: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** The applications of a cluster that ask for pools of their own, as their API server shows them. */
export class Applications {
  readonly #options: ApplicationsOptions;
  readonly #listeners = new Set<(key: string) => void>();
  readonly #caches = applicationTypes.map(({ kind }) => {
    const cache = new ObjectCache<Workload, Kept>(
      (object) => ({ asking: kind === podType.kind ? askedByPod(object) : askedByWorkload(object) }),
      { onChange: (before, after) => this.#tell(before?.asking, after?.asking) },
    );
    return { kind, cache, byApplication: cache.indexBy(keyOf) };
  });

  constructor(options: ApplicationsOptions) {
    this.#options = options;
  }

  /** Have all kinds been listed? Before that, nothing may be concluded from what is missing. */
  get ready(): boolean {
    return this.#caches.every(({ cache }) => cache.isListed);
  }

  /**
   * Follows every kind until the signal aborts; waits for as long as the API server is unreachable or refuses.
   * @returns once all have been listed
   */
  async follow(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#caches.map(({ kind, cache }) => this.#followKind(kind, cache, signal)));
  }

  async #followKind(kind: string, cache: Reflection<Workload>, signal: AbortSignal): Promise<void> {
    const { store, formerStore, clock, log } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    const options = { log, signal, pause, retryFirstList: true };
    try {
      await reflect<Workload>(store, kind, cache, options);
    } catch (error) {
      const isFormer = formerApplicationTypes.some((type) => type.kind === kind);
      if (formerStore === undefined || !isFormer || !isIpamError(error, 'not-found')) throw error;
      await reflect<Workload>(formerStore, kind, cache, options);
    }
  }

  /** @returns what ends the listening */
  onChange(listener: (key: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param key as `applicationKey` makes it */
  find(key: string): AskingApplication | undefined {
    for (const { byApplication } of this.#caches) {
      for (const { asking } of byApplication.of(key).values()) if (asking !== undefined) return asking;
    }
    return undefined;
  }

  /** Keys of those that ask for addresses of a SpiderSubnet. */
  askingFor(subnet: string): readonly string[] {
    return this.all().flatMap(({ application, asked }) =>
      asked.interfaces.some(({ subnets }) => subnets[4] === subnet || subnets[6] === subnet)
        ? [applicationKey(application)]
        : [],
    );
  }

  all(): readonly AskingApplication[] {
    return this.#caches.flatMap(({ cache }) => [...cache.values()].flatMap(({ asking }) => asking ?? []));
  }

  #tell(before: AskingApplication | undefined, after: AskingApplication | undefined): void {
    const keys = new Set([before, after].flatMap((one) => (one === undefined ? [] : applicationKey(one.application))));
    for (const key of keys) for (const listener of this.#listeners) listener(key);
  }
}

function keyOf({ asking }: Kept): string | undefined {
  return asking === undefined ? undefined : applicationKey(asking.application);
}
