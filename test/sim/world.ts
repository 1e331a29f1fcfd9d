import { Random } from '../kit/random.ts';
import { type Weights, weightsOf } from './emphasis.ts';
import type { FaultKind, WorldOptions } from './options.ts';
import { Scheduler } from './scheduler.ts';
import { Transcript } from './transcript.ts';

/** A promise of the product that did not hold. */
export class BrokenPromise extends Error {
  readonly invariant: number;
  /** Addresses, attachments and nodes that it is about. */
  readonly subjects: readonly string[];

  constructor(invariant: number, message: string, subjects: readonly string[]) {
    super(`invariant ${invariant}: ${message}`);
    this.name = 'BrokenPromise';
    this.invariant = invariant;
    this.subjects = subjects;
  }
}

/** Where the simulated clocks begin, milliseconds since 1970. */
export const epoch = Date.UTC(2026, 0, 1);

/** Time, chance and what happened: shared by everything in one simulated world. */
export class World {
  readonly options: WorldOptions;
  readonly weights: Weights;
  readonly random: Random;
  readonly scheduler = new Scheduler();
  readonly transcript: Transcript;
  operations = 0;
  readonly faults = new Map<FaultKind, number>();
  /** No fault happens any more. */
  calm = false;
  #broken: BrokenPromise | undefined;

  constructor(options: WorldOptions, keepTranscript: boolean) {
    this.options = options;
    this.weights = weightsOf(options);
    this.random = new Random(options.seed);
    this.transcript = new Transcript(keepTranscript);
  }

  get now(): number {
    return this.scheduler.now;
  }

  get broken(): BrokenPromise | undefined {
    return this.#broken;
  }

  /** Counts one operation, and leaves a line in the transcript. */
  operation(node: string, what: string, ...subjects: readonly unknown[]): void {
    this.operations += 1;
    this.transcript.add(this.now, node, what, subjects);
  }

  /** Does this fault happen now? */
  strikes(kind: FaultKind, probability: number): boolean {
    // Chance is spent also when the fault is turned off, so that a shrunk run stays close to the one it came from.
    const struck = this.random.next() < probability;
    if (!struck || this.calm || !this.options.faults.has(kind)) return false;
    this.struck(kind);
    return true;
  }

  struck(kind: FaultKind): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
  }

  /** The first broken promise ends the run. */
  break(broken: BrokenPromise): void {
    this.#broken ??= broken;
    this.transcript.add(this.now, '', broken.message, broken.subjects);
  }

  /** A delay in milliseconds: mostly short, now and then a hundred times as long. */
  delay(typicalMs: number): number {
    const long = this.random.next() < 0.02 ? 100 : 1;
    return this.random.next() * 2 * typicalMs * long;
  }
}
