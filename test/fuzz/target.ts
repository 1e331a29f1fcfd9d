import type { Random } from '../kit/random.ts';

/** One way for bytes of outside to come in, and what must hold whatever they are. */
export interface Target {
  readonly name: string;
  /** Tokens that the grammar of the input is made of. */
  readonly dictionary: readonly string[];
  /** A new input that is close to valid, for grammars that random changes seldom hit. */
  readonly make?: (random: Random) => Buffer;
  /**
   * Takes one input to its end, over fresh state.
   * @returns what happened, in a word: an input with a new word is worth changing further
   * @throws only on a finding
   */
  readonly run: (input: Buffer) => string | Promise<string>;
}
