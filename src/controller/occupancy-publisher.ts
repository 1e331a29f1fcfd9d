import { isDeepStrictEqual } from 'node:util';
import { labelled } from '../ipam/claim/claim-labels.ts';
import { OccupancyPages } from '../ipam/claim/occupancy-pages.ts';
import type { Clock } from '../platform/clock.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import { isIpamError, isOvertaken } from '../resources/errors.ts';
import { problemOf } from '../resources/malformed.ts';
import { newOccupancy, type Occupancy, occupancyKind, publishedMark } from '../resources/occupancy.ts';
import type { Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { ClusterState } from './state.ts';

export interface OccupancyPublisherParts {
  readonly state: ClusterState;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Between two rounds, milliseconds: what is published is so much behind, at the least. */
const roundMs = 1_000;
/** Pages and labels written in one round, at most: a quarter of a core of an API server, whatever happens in the cluster. */
const writesInRound = 50;
const writesAtOnce = 8;
/** Of pools that do not say: what daemons have by themselves, milliseconds. */
const usualCooldownMs = 30_000;

/**
 * Publishes which addresses of shared pools are taken, for daemons that do not watch everybody's claims (decision 51), and sees that
 * claims have the labels by which such daemons find them. What it says is a hint: being late, silent or wrong, it costs
 * requests, and no address.
 */
export class OccupancyPublisher {
  readonly #parts: OccupancyPublisherParts;
  #pages = new OccupancyPages();
  /** What the store has of the pages. */
  #stored = new Map<string, Stored<Occupancy>>();
  /** Names of claims that lack a label. */
  #unlabelled = new Set<string>();

  constructor(parts: OccupancyPublisherParts) {
    this.#parts = parts;
  }

  /** Until the signal aborts. The state must be ready. What fails is tried again in the next round. */
  async run(signal: AbortSignal): Promise<void> {
    const { state, clock } = this.#parts;
    const stop = state.onClaim((before, after) => this.#see(before, after));
    try {
      let isAdopted = false;
      while (!signal.aborted) {
        isAdopted ||= await this.#attempt('read what is published', () => this.#adopt());
        if (isAdopted) await this.#round();
        await clock.pause(roundMs, signal);
      }
    } finally {
      stop();
    }
  }

  #see(before: Stored<Claim> | undefined, after: Stored<Claim> | undefined): void {
    const { state, clock } = this.#parts;
    if (after !== undefined) {
      this.#pages.claimed(after);
      if (lacksLabels(after)) this.#unlabelled.add(after.metadata.name);
    } else if (before !== undefined) {
      const { cooldownMs = usualCooldownMs } = state.pool(before.spec?.pool ?? '')?.value ?? {};
      this.#pages.gone(before, clock.elapsed() + cooldownMs);
    }
  }

  async #adopt(): Promise<void> {
    const { state, store, clock } = this.#parts;
    const { items } = await store.list<Occupancy>(occupancyKind);
    this.#pages = new OccupancyPages();
    this.#unlabelled = new Set();
    for (const claim of state.claims()) this.#see(undefined, claim);
    this.#stored = new Map(items.map((page) => [page.metadata.name, page]));
    const pages = items.filter(({ metadata }) => metadata.name !== publishedMark);
    this.#pages.adopt(pages, clock.elapsed() + usualCooldownMs);
  }

  async #round(): Promise<void> {
    const { clock, log } = this.#parts;
    this.#pages.coolDownUntil(clock.elapsed());
    const names = this.#pages.take(writesInRound);
    await this.#each(names, async (name) => {
      if (await this.#attempt(`publish page ${name}`, () => this.#publish(name, this.#pages.page(name)))) return;
      this.#pages.putBack(name);
    });
    await this.#each(this.#takeUnlabelled(), async (name) => {
      // Behind all others: what is refused every time holds up nothing else.
      if (!(await this.#label(name))) this.#unlabelled.add(name);
    });
    const isBehind = names.length === writesInRound || this.#unlabelled.size > 0;
    if (isBehind || this.#stored.has(publishedMark)) return;
    const mark = newOccupancy({ family: 4, value: 0n }, '', { asOf: '0' });
    if (await this.#attempt('say that pages are published', () => this.#publish(publishedMark, mark)))
      log.info({}, 'what is taken of shared pools is published from now on');
  }

  #takeUnlabelled(): readonly string[] {
    const names = [...this.#unlabelled].slice(0, writesInRound);
    for (const name of names) this.#unlabelled.delete(name);
    return names;
  }

  async #each(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) await act(name);
    };
    await Promise.all(Array.from({ length: writesAtOnce }, worker));
  }

  async #publish(name: string, wanted: Occupancy | undefined): Promise<void> {
    const { store } = this.#parts;
    const known = this.#stored.get(name);
    this.#stored.delete(name);
    try {
      const written = await this.#write(name, known, wanted);
      if (written !== undefined) this.#stored.set(name, written);
    } catch (error) {
      // Another publisher was at it, or a hand: what is there is written over.
      if (!isOvertaken(error) && !isIpamError(error, 'already-exists')) throw error;
      const present = await store.get<Occupancy>({ kind: occupancyKind, name });
      const written = await this.#write(name, present, wanted);
      if (written !== undefined) this.#stored.set(name, written);
    }
  }

  async #write(
    name: string,
    known: Stored<Occupancy> | undefined,
    wanted: Occupancy | undefined,
  ): Promise<Stored<Occupancy> | undefined> {
    const { store } = this.#parts;
    if (wanted === undefined) {
      if (known !== undefined) await store.delete({ kind: occupancyKind, name }, known.metadata.resourceVersion);
      return undefined;
    }
    return known === undefined ? store.create(wanted) : store.update({ ...known, spec: wanted.spec });
  }

  /** @returns as `#attempt` */
  #label(name: string): Promise<boolean> {
    const { store } = this.#parts;
    return this.#attempt(`label claim ${name}`, async () => {
      const claim = await store.get<Claim>({ kind: claimKind, name });
      if (claim !== undefined && lacksLabels(claim)) await store.update(labelled(claim));
    });
  }

  /** @returns whether it was done */
  async #attempt(what: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn({ err: error }, `could not ${what}; trying again`);
      return false;
    }
  }
}

/** Of what cannot be read nobody knows what its labels should be. */
function lacksLabels(claim: Stored<Claim>): boolean {
  if (problemOf(claim) !== undefined) return false;
  return !isDeepStrictEqual(labelled(claim).metadata.labels, claim.metadata.labels);
}
