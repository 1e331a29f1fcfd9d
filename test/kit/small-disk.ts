import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from './run.ts';

/** A file system of some megabytes that can be filled up. */
export class SmallDisk {
  readonly path: string;
  readonly #filler: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'berth-disk-'));
    this.#filler = join(this.path, 'filler');
  }

  async mount(size: string): Promise<void> {
    await must('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.path]);
  }

  fill(): void {
    const file = openSync(this.#filler, 'a');
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    await must('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}
