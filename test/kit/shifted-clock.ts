import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The wall clock of one daemon under test, which can be set; it keeps its error over a restart, as a machine does. */
export class ShiftedClock {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = join(directory, 'clock');
    this.set(0);
  }

  /** Variables for the daemon's process. */
  get env(): Readonly<Record<string, string>> {
    const preload = fileURLToPath(new URL('clock-preload.ts', import.meta.url));
    return { NODE_OPTIONS: `--import=${preload}`, BERTH_CLOCK_FILE: this.#file };
  }

  /** Counts from the daemon's next start, or its next SIGUSR2. */
  set(offsetMs: number): void {
    writeFileSync(this.#file, String(offsetMs));
  }
}
