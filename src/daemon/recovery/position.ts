import type { Clock } from '../../platform/clock.ts';
import type { Reflected } from '../../store/cache/reflector.ts';
import type { SeenVersion } from '../../store/history.ts';
import type { Log } from '../../telemetry/log.ts';
import type { KeptDisk } from '../view/last-known-state.ts';

/** How far each kind was seen, by kind. */
export type SeenVersions = Readonly<Record<string, SeenVersion>>;

/** What a start knows of the store that it had before. */
export interface Position {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly seen: SeenVersions;
}

export interface PositionKeeperOptions {
  readonly disk: KeptDisk<Position> | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Has the store shown what it has, and is it the one that was followed? Else what is kept stays: a start meanwhile finds the same. */
  readonly isSettled: () => boolean;
}

/** Keeps on the disk how far a shared store was seen, so that a start notices when it went back meanwhile. */
export class PositionKeeper {
  readonly #options: PositionKeeperOptions;
  #reflected: readonly Reflected[] = [];
  #saved = '';

  constructor(options: PositionKeeperOptions) {
    this.#options = options;
  }

  load(): SeenVersions {
    const { disk, clock } = this.#options;
    return recent(disk?.load(), clock.now());
  }

  follow(reflected: readonly Reflected[]): void {
    this.#reflected = reflected;
  }

  async save(): Promise<void> {
    const { disk, clock, log, isSettled } = this.#options;
    if (disk === undefined || !isSettled()) return;
    const seen = positionOf(this.#reflected);
    const text = JSON.stringify(seen);
    if (text === this.#saved) return;
    try {
      await disk.save({ at: clock.now(), seen });
      this.#saved = text;
    } catch (error) {
      log.warn({ err: error }, 'how far the store was seen could not be kept for the next start');
    }
  }
}

/** After so long, milliseconds, all that was seen last may have gone in good order. */
const shortMs = 5 * 60_000;

function positionOf(reflected: readonly Reflected[]): SeenVersions {
  const entries = reflected.flatMap(({ kind, seen }) => {
    const version = seen();
    return version === undefined ? [] : [[kind, version] as const];
  });
  return Object.fromEntries(entries);
}

/** What of a kept position says something now. */
function recent(position: Position | undefined, now: number): SeenVersions {
  if (position === undefined) return {};
  if (Math.abs(now - position.at) <= shortMs) return position.seen;
  const entries = Object.entries(position.seen).map(([kind, { latest: _, ...rest }]) => [kind, rest] as const);
  return Object.fromEntries(entries);
}
