import type { Clock } from '../platform/clock.ts';
import { type IpamError, isIpamError } from '../resources/errors.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceKey, Store } from './store.ts';

export interface ApplyOptions {
  readonly clock: Pick<Clock, 'elapsed' | 'pause'>;
  /** How long a store is waited for that gives no answer, or whose webhook does not, milliseconds in all. */
  readonly patienceMs: number;
}

/** What became of one resource. */
export type Outcome =
  | { readonly resource: Resource; readonly done: 'created' | 'configured' }
  | { readonly resource: Resource; readonly refused: IpamError };

/** Between two attempts at a store that gives no answer, milliseconds. */
const pauseMs = 1_000;
/** Of somebody else who writes the same object meanwhile. */
const overtakings = 5;

/**
 * Has the store say of each resource what it is given here: labels and specification, nothing else of one that is there. What is refused
 * keeps no other from being written.
 * @throws IpamError store-unavailable, not-ready or rate-limited: there was no answer for as long as there was patience
 */
export async function applyResources(
  store: Store,
  resources: readonly Resource[],
  { clock, patienceMs }: ApplyOptions,
): Promise<readonly Outcome[]> {
  const until = clock.elapsed() + patienceMs;
  const outcomes: Outcome[] = [];
  for (const resource of resources) {
    outcomes.push(await answered(() => applied(store, resource), clock, until));
  }
  return outcomes;
}

async function answered(
  attempt: () => Promise<Outcome>,
  clock: ApplyOptions['clock'],
  until: number,
): Promise<Outcome> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isAway(error) || clock.elapsed() >= until) throw error;
      await clock.pause(pauseMs, new AbortController().signal);
    }
  }
}

/** A webhook that is not there yet is an answer of the API server's that it cannot tell. */
function isAway(error: unknown): boolean {
  return (['store-unavailable', 'not-ready', 'rate-limited'] as const).some((code) => isIpamError(error, code));
}

async function applied(store: Store, resource: Resource): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { resource, done: await written(store, resource) };
    } catch (error) {
      if (!isIpamError(error) || isAway(error)) throw error;
      const overtaken = error.code === 'already-exists' || error.code === 'conflict';
      if (!overtaken || attempt === overtakings) return { resource, refused: error };
    }
  }
}

async function written(store: Store, resource: Resource): Promise<'created' | 'configured'> {
  const { name, namespace } = resource.metadata;
  const key: ResourceKey = { kind: resource.kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const before = await store.get(key);
  if (before === undefined) {
    await store.create(resource);
    return 'created';
  }
  const labels = { ...before.metadata.labels, ...resource.metadata.labels };
  await store.update({ ...before, ...resource, metadata: { ...before.metadata, labels } });
  return 'configured';
}
