import { readFileSync } from 'node:fs';

/**
 * Loaded into a daemon under test with `--import`: its clock is off by what the file of BERTH_CLOCK_FILE says, in
 * milliseconds, read at start and again on SIGUSR2. Timers go on as they do when an administrator sets the clock.
 */
const file = process.env.BERTH_CLOCK_FILE ?? '';
const RealDate = Date;
let offsetMs = 0;

class ShiftedDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [ShiftedDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

const read = (): void => {
  offsetMs = Number(readFileSync(file, 'utf8'));
};
read();
process.on('SIGUSR2', read);
globalThis.Date = ShiftedDate as DateConstructor;
