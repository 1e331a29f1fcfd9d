import type { Configured } from '../../../bgp/bird-replies.ts';
import type { Bird } from '../bird-control.ts';
import type { TextFile } from '../routes-file.ts';

/** A file, and a BIRD that reads it: what was done with them, in order. */
export class BesideBird implements TextFile, Bird {
  text: string | undefined;
  readonly done: string[] = [];
  isAway = false;
  /** A part of a text that it does not take. */
  refuses: string | undefined;
  /** What it goes by. */
  taken: string | undefined;

  async read(): Promise<string | undefined> {
    return this.text;
  }

  async write(text: string): Promise<void> {
    this.text = text;
    this.done.push('write');
  }

  async configure(): Promise<Configured> {
    const configured = this.#configured();
    this.done.push(configured.outcome);
    return configured;
  }

  async whyAway(): Promise<string> {
    return this.isAway ? 'BIRD does not answer' : '';
  }

  get control(): Bird {
    return this;
  }

  get file(): TextFile {
    return this;
  }

  #configured(): Configured {
    if (this.isAway) return { outcome: 'failed', reason: 'BIRD does not answer' };
    if (this.refuses !== undefined && this.text?.includes(this.refuses)) {
      return { outcome: 'refused', reason: 'bird.conf:4:34 syntax error' };
    }
    this.taken = this.text;
    return { outcome: 'taken' };
  }
}
