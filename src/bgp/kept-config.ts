import type { Configured } from './bird-replies.ts';

/** What is to be done next so that BIRD goes by what is wanted. */
export type KeepingStep =
  | { readonly type: 'write'; readonly text: string }
  /** BIRD is told to read its file. */
  | { readonly type: 'configure' }
  | { readonly type: 'nothing' };

/**
 * The file that is kept for BIRD, and what BIRD has taken of it. A text that it refuses is taken out of the file again: BIRD goes on with
 * what it had, and would not start with what it refuses.
 */
export class KeptConfig {
  /** What the file has; undefined: it is not there. */
  #file: string | undefined;
  /** What it had before, and can have again. */
  #former: string | undefined;
  /** What BIRD is known to go by. */
  #taken: string | undefined;
  #refused: string | undefined;

  /** @param text what the file has now, whoever wrote it; undefined: it is not there */
  seen(text: string | undefined): void {
    if (text !== this.#file) this.#taken = undefined;
    this.#file = text;
  }

  next(wanted: string): KeepingStep {
    if (wanted === this.#refused) {
      const isToGo = this.#file === wanted && this.#former !== undefined;
      return isToGo ? { type: 'write', text: this.#former ?? '' } : { type: 'nothing' };
    }
    if (this.#file !== wanted) return { type: 'write', text: wanted };
    return this.#taken === wanted ? { type: 'nothing' } : { type: 'configure' };
  }

  /** The file has this text now. */
  wrote(text: string): void {
    if (this.#file !== this.#refused) this.#former = this.#file;
    this.#file = text;
  }

  /** What BIRD made of the file. */
  answered({ outcome }: Configured): void {
    if (outcome === 'taken') this.#taken = this.#file;
    else if (outcome === 'refused') this.#refused = this.#file;
    else this.away();
  }

  /** Who answers next may have begun with whatever was there. */
  away(): void {
    this.#taken = undefined;
  }

  /** Is this what BIRD does not take? */
  isRefused(wanted: string): boolean {
    return wanted === this.#refused;
  }

  /** What it refused may be tried again: it may be another version by now, or what else it includes. */
  forgive(): void {
    this.#refused = undefined;
  }
}
