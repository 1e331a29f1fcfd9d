import { birdConfig } from '../../bgp/bird.ts';
import { nodeSpeaker } from '../../bgp/fabric.ts';
import { KeptConfig } from '../../bgp/kept-config.ts';
import type { AllocationEvent } from '../../ipam/port.ts';
import { Alarm } from '../../platform/alarm.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EventFeed } from '../../platform/event-feed.ts';
import { type Pace, runAtOnce } from '../../platform/pace.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Bird } from './bird-control.ts';
import { mayNeedRoutes, type OwnAddressesParts, ownAddresses } from './own-addresses.ts';
import type { OwnNetwork } from './own-network.ts';
import type { TextFile } from './routes-file.ts';

/** What changes within so many milliseconds is written once. */
const gatherMs = 100;
/** Between two looks whether the file is as it was written and BIRD answers, milliseconds. */
const lookMs = 10_000;
/** After a failure, each try twice as late as the one before it, from and to. */
const retryMs = { first: 1_000, longest: 30_000 } as const;
/** A text that BIRD refused is tried again so much later. */
const forgiveMs = 600_000;

export interface BirdKeeperParts extends OwnAddressesParts {
  readonly network: Pick<OwnNetwork, 'fabric' | 'follow' | 'look'>;
  readonly file: TextFile;
  readonly bird: Bird;
  readonly events: EventFeed<AllocationEvent>;
  readonly clock: Clock;
  /** For what walks over everything held; absent: it is done at once. */
  readonly pace: Pace | undefined;
  readonly log: Log;
}

/** What is announced, counted. */
export interface AnnouncedRoutes {
  readonly blocks: number;
  readonly hosts: number;
}

interface Wanted extends AnnouncedRoutes {
  readonly text: string;
}

/** Keeps the file of the BIRD on this machine as the topology and what the node has say, and has BIRD read it. */
export class BirdKeeper {
  readonly #parts: BirdKeeperParts;
  readonly #kept = new KeptConfig();
  readonly #alarm = new Alarm();
  #announced: AnnouncedRoutes = { blocks: 0, hosts: 0 };
  #trouble = '';
  #isHostsOnly = false;
  #isCurrent = false;
  /** What the log has been told; undefined: nothing yet. */
  #told: string | undefined;
  /** Rounds without success, one after the other. */
  #failures = 0;
  #refusal = '';
  #refusedAt = 0;
  readonly #reloads = { taken: 0, refused: 0, failed: 0 };

  constructor(parts: BirdKeeperParts) {
    this.#parts = parts;
  }

  /** Why BIRD does not announce what it should; empty: it does, or nothing is known yet. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Has BIRD taken what the node has to announce now? */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** As it was written last. */
  get announced(): AnnouncedRoutes {
    return this.#announced;
  }

  /** How often BIRD was told to read its file, by what came of it. */
  get reloads(): Readonly<Record<'taken' | 'refused' | 'failed', number>> {
    return this.#reloads;
  }

  /** The node's blocks, or its place in the network, may be others than before. */
  changed(): void {
    this.#alarm.ring();
  }

  /** Where the node is in the network may have changed. */
  look(): void {
    this.#parts.network.look();
  }

  /** For as long as the signal allows, from when everything on record is known. The file stays as it is then. */
  async run(signal: AbortSignal): Promise<void> {
    const { network, clock } = this.#parts;
    const followed = [network.follow(signal, () => this.changed()), this.#followAllocations(signal)];
    while (!signal.aborted) {
      const hasNews = await this.#alarm.pause(clock, this.#waitMs, signal);
      if (hasNews) await clock.pause(gatherMs, signal);
      if (!signal.aborted) await this.#round(hasNews);
    }
    await Promise.all(followed);
  }

  /** Whoever gives addresses publishes what it gave, and does not wait for anything here. */
  async #followAllocations(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const { allocation } of this.#parts.events.follow(signal)) {
          if (mayNeedRoutes(allocation.addresses, this.#isHostsOnly)) this.changed();
        }
      } catch (error) {
        if (!isIpamError(error, 'not-ready')) throw error;
        // It fell behind, and all that is held is looked at anew.
        this.changed();
      }
    }
  }

  async #round(hasNews: boolean): Promise<void> {
    let trouble = '';
    try {
      const wanted = await this.#wanted();
      trouble = await this.#keep(wanted, hasNews);
      this.#isCurrent = trouble === '';
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#isCurrent = false;
      trouble = error.advice === '' ? error.message : `${error.message} (${error.advice})`;
    }
    this.#tell(trouble);
    this.#failures = trouble === '' ? 0 : this.#failures + 1;
  }

  get #waitMs(): number {
    return this.#failures === 0 ? lookMs : Math.min(retryMs.first * 2 ** (this.#failures - 1), retryMs.longest);
  }

  /** @throws IpamError why nobody knows what the node is to announce */
  async #wanted(): Promise<Wanted> {
    const { network, node, pace } = this.#parts;
    const { fabric } = network;
    this.#isHostsOnly = fabric.isHostsOnly;
    const steps = ownAddresses(this.#parts, fabric.isHostsOnly);
    const speaker = nodeSpeaker(fabric, node, await (pace?.run(steps) ?? runAtOnce(steps)));
    return { text: birdConfig(speaker).text, blocks: speaker.prefixes.length, hosts: speaker.hosts.length };
  }

  /** @returns why BIRD does not go by it; empty: it does @throws IpamError the file cannot be read or written */
  async #keep({ text, ...announced }: Wanted, hasNews: boolean): Promise<string> {
    const { file, bird } = this.#parts;
    this.#kept.seen(await file.read());
    await this.#forgive(text);
    let isAsked = false;
    for (let step = this.#kept.next(text); step.type !== 'nothing'; step = this.#kept.next(text)) {
      if (step.type === 'write') {
        this.#isCurrent = false;
        await file.write(step.text);
        this.#kept.wrote(step.text);
        continue;
      }
      isAsked = true;
      const configured = await bird.configure();
      this.#kept.answered(configured);
      this.#reloads[configured.outcome] += 1;
      if (configured.outcome === 'failed') return configured.reason;
      if (configured.outcome === 'refused') this.#refusedFor(configured.reason);
      else this.#takenWith(announced);
    }
    if (this.#kept.isRefused(text)) return this.#refusal;
    if (isAsked || hasNews) return '';
    const away = await bird.whyAway();
    if (away !== '') this.#kept.away();
    return away;
  }

  /** Only while BIRD runs: one that begins with a file that it does not take does not run. */
  async #forgive(text: string): Promise<void> {
    const { bird, clock } = this.#parts;
    if (!this.#kept.isRefused(text) || clock.elapsed() - this.#refusedAt < forgiveMs) return;
    if ((await bird.whyAway()) === '') this.#kept.forgive();
  }

  #refusedFor(reason: string): void {
    this.#refusedAt = this.#parts.clock.elapsed();
    this.#refusal = `BIRD refuses its new configuration and goes on with the one before: ${reason}`;
  }

  #takenWith(announced: AnnouncedRoutes): void {
    this.#announced = announced;
    this.#parts.log.debug({ ...announced }, 'BIRD has read its configuration anew');
  }

  #tell(trouble: string): void {
    const { log } = this.#parts;
    this.#trouble = trouble;
    if (trouble === this.#told) return;
    this.#told = trouble;
    if (trouble !== '') log.warn({ reason: trouble }, 'the routes of this node are not announced as they should be');
    else log.info({ ...this.#announced }, 'the routes of this node are announced as they should be');
  }
}
