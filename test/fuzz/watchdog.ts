import { Worker } from 'node:worker_threads';
import { inputAt, slotBytes } from './watched-input.ts';

/**
 * Ends the process when one input keeps it busy or eats its memory: code that never yields cannot be timed
 * from its own thread. The input is written to the corpus first.
 */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(slotBytes);
  readonly #input = inputAt(this.#shared);
  readonly #worker: Worker;

  constructor(target: string) {
    this.#worker = new Worker(new URL('./watchdog-worker.ts', import.meta.url), {
      workerData: { shared: this.#shared, target },
    });
    this.#worker.unref();
  }

  /** @param input what runs from now on */
  begin(input: Buffer): void {
    this.#input.set(input);
  }

  /** Nothing runs: the time that passes is nobody's. */
  rest(): void {
    this.#input.clear();
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
