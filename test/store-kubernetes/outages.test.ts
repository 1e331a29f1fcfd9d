import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Claim, claimKind, newClaim } from '../../src/resources/claim.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { type Reflection, reflect } from '../../src/store/cache/reflector.ts';
import type { KubernetesClient } from '../../src/store/kubernetes/client.ts';
import { KubernetesStore } from '../../src/store/kubernetes/kubernetes-store.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { needsControlPlane } from '../cluster/binaries.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { install } from '../cluster/installed.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { claimSpec } from './claim-spec.ts';
import { clientOf } from './client.ts';
import { compact } from './compact.ts';

const reason = needsControlPlane();
const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(Math.min(ms, 200), undefined, { signal }).catch(() => {});
};

/** What a watcher believes to be there. */
class View implements Reflection<Claim> {
  readonly names = new Set<string>();
  lists = 0;

  replace(claims: readonly Claim[]): void {
    this.lists += 1;
    this.names.clear();
    for (const claim of claims) this.put(claim);
  }
  put({ metadata }: Claim): void {
    this.names.add(metadata.name);
  }
  remove({ metadata }: Claim): void {
    this.names.delete(metadata.name);
  }
}

describe('a Kubernetes store whose API server goes away', () => {
  const controlPlane = new ControlPlane();
  let client: KubernetesClient;
  let store: KubernetesStore;
  let next = 1;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    client = clientOf(controlPlane);
    store = new KubernetesStore({ client });
  });
  afterAll(async () => {
    client?.close();
    await controlPlane.stop();
  });

  /** Shows a view to the test while it follows the store. */
  const withView = async (
    test: (view: View) => Promise<void>,
    between: (ms: number, signal: AbortSignal) => Promise<unknown> = pause,
  ): Promise<void> => {
    const stop = new AbortController();
    const view = new View();
    const { ended } = await reflect(store, claimKind, view, {
      log: silentLog,
      signal: stop.signal,
      pause: async (ms, signal) => void (await between(ms, signal)),
    });
    try {
      await test(view);
    } finally {
      stop.abort();
      await ended;
    }
  };
  const namesThere = async (): Promise<string[]> =>
    (await store.list(claimKind)).items.map(({ metadata }) => metadata.name);
  const toAgree = (view: View): Promise<true> =>
    waitFor('the view to be that of the store', async () => {
      const there = await namesThere();
      return (there.length === view.names.size && there.every((name) => view.names.has(name))) || undefined;
    });

  it('keeps every acknowledged write, and its watchers learn of all, over kills in the middle', async () => {
    await withView(async (view) => {
      const made = new Set<string>();
      const deleted = new Set<string>();
      const unsure = new Set<string>();
      let goesOn = true;
      const writer = async (): Promise<void> => {
        while (goesOn) {
          const claim = newClaim(claimSpec(next++));
          const { name } = claim.metadata;
          try {
            const { metadata } = await store.create(claim);
            made.add(name);
            if (next % 3 !== 0) continue;
            unsure.add(name);
            await store.delete({ kind: claimKind, name }, metadata.resourceVersion);
            unsure.delete(name);
            deleted.add(name);
          } catch (error) {
            expect(error).toSatisfy((one) => isIpamError(one, 'store-unavailable'));
            unsure.add(name);
          }
        }
      };
      const writers = Array.from({ length: 8 }, writer);
      for (let round = 1; round <= 2; round += 1) {
        const before = made.size;
        await waitFor('some writes', () => made.size >= before + 100 || undefined);
        await controlPlane.apiServer.crash();
        await controlPlane.apiServer.start();
      }
      const before = made.size;
      await waitFor('writes after the last kill', () => made.size >= before + 100 || undefined);
      goesOn = false;
      await Promise.all(writers);
      await toAgree(view);
      const there = new Set(await namesThere());
      const lost = [...made].filter((name) => !there.has(name) && !deleted.has(name) && !unsure.has(name));
      expect(lost).toEqual([]);
      expect([...deleted].filter((name) => there.has(name))).toEqual([]);
    });
  });

  it('lists again when what its watcher missed was compacted meanwhile', async () => {
    const compacted = Promise.withResolvers<void>();
    const pauseUntilThen = (ms: number, signal: AbortSignal) => Promise.all([compacted.promise, pause(ms, signal)]);
    await withView(async (view) => {
      const { lists } = view;
      await compact(controlPlane);
      const { metadata } = await store.create(newClaim(claimSpec(next++)));
      compacted.resolve();
      await waitFor('the claim made meanwhile', () => view.names.has(metadata.name) || undefined);
      await toAgree(view);
      expect(view.lists).toBe(lists + 1);
    }, pauseUntilThen);
  });

  it('says which server does not answer, or waits for it with a create', async () => {
    await controlPlane.apiServer.crash();
    const impatient = clientOf(controlPlane, { requestDeadlineMs: 300 });
    const patient = clientOf(controlPlane, { requestDeadlineMs: 100_000 });
    try {
      const error = await new KubernetesStore({ client: impatient }).list(claimKind).catch((one: unknown) => one);
      expect(isIpamError(error, 'store-unavailable') && error.message).toContain(controlPlane.url);
      const created = new KubernetesStore({ client: patient }).create(newClaim(claimSpec(next++)));
      await controlPlane.apiServer.start();
      expect((await created).metadata.uid).not.toBe('');
    } finally {
      impatient.close();
      patient.close();
    }
  });

  it('shows more objects than fit a page, each once, in order', async () => {
    const before = (await namesThere()).length;
    const names = Array.from({ length: 1_100 }, () => newClaim(claimSpec(next++)));
    const queue = [...names];
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let claim = queue.pop(); claim !== undefined; claim = queue.pop()) await store.create(claim);
      }),
    );
    const there = await namesThere();
    expect(there).toHaveLength(before + 1_100);
    expect(there).toEqual([...new Set(there)].sort());
  });
});
