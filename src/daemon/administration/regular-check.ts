import { type CheckFindings, checkFindings } from '../../ipam/check-findings.ts';
import type { Administration } from '../../ipam/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';

/** Between the end of one and the next, milliseconds. */
const everyMs = 300_000;

export interface RegularCheckParts {
  readonly administration: Pick<Administration, 'check'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The daemon checks itself, as `ipam-cli check` has it do, whether somebody asks or not: what it finds is a metric, for an alert. */
export class RegularCheck {
  readonly #parts: RegularCheckParts;
  #findings: CheckFindings | undefined;

  constructor(parts: RegularCheckParts) {
    this.#parts = parts;
  }

  /** Of the last check that came to an end; undefined: there was none yet. */
  get findings(): CheckFindings | undefined {
    return this.#findings;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.round();
      await this.#parts.clock.pause(everyMs, signal);
    }
  }

  async round(): Promise<void> {
    const { administration, clock, log } = this.#parts;
    try {
      const violations = await administration.check();
      this.#findings = checkFindings(violations, clock.now());
      for (const { invariant, subject, message, repair } of violations.slice(0, shown))
        log.warn({ invariant, subject, repair }, `check: ${message}`);
    } catch (error) {
      // Without the store half of what is compared is missing; that it is away has a metric of its own.
      if (!isIpamError(error)) throw error;
      log.debug({ err: error }, 'could not check; trying again at the next round');
    }
  }
}

/** More are no help to read, and come again. */
const shown = 10;
