import type { Bird } from './bird-control.ts';
import type { TextFile } from './routes-file.ts';

/** A BIRD on the daemon's machine, and its configuration file. */
export interface BirdBeside {
  readonly file: TextFile;
  readonly control: Bird;
}
