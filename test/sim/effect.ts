import type { IpamError } from '../../src/resources/errors.ts';
import type { Lifetime } from './lifetime.ts';
import type { FaultKind } from './options.ts';
import type { World } from './world.ts';

/** How one kind of effect behaves. */
export interface EffectKind {
  readonly typicalMs: number;
  /** Nothing happens, and the caller is told. */
  readonly fails: { readonly kind: FaultKind; readonly probability: number; readonly error: () => IpamError };
  /** It happens, and the caller is told that it did not, or hears nothing in time. */
  readonly answerLost?: {
    readonly kind: FaultKind;
    readonly probability: number;
    readonly error: () => IpamError;
    readonly onLost?: () => void;
  };
}

/** Effects that happen in the order in which they were asked for. */
export class EffectQueue {
  #last = 0;

  /** @returns when an effect happens that alone would happen at `at` */
  place(at: number): number {
    this.#last = Math.max(this.#last, at);
    return this.#last;
  }
}

/**
 * One effect of a process on the world outside: it takes time on the way there and on the way back, and the
 * process may end before, between and after.
 */
export function effect<T>(
  world: World,
  lifetime: Lifetime,
  kind: EffectKind,
  act: () => Promise<T>,
  queue?: EffectQueue,
): Promise<T> {
  const { scheduler } = world;
  const alone = world.now + world.delay(kind.typicalMs);
  return new Promise<T>((resolve, reject) => {
    const answer = (tell: () => void): void => {
      scheduler.after(world.delay(kind.typicalMs), () => {
        if (lifetime.alive) tell();
      });
    };
    scheduler.at(queue?.place(alone) ?? alone, () => {
      if (!lifetime.alive) return;
      const { fails, answerLost } = kind;
      if (world.strikes(fails.kind, fails.probability)) return answer(() => reject(fails.error()));
      act().then(
        (value) => {
          const lost = answerLost !== undefined && world.strikes(answerLost.kind, answerLost.probability);
          if (lost) answerLost.onLost?.();
          answer(lost ? () => reject(answerLost.error()) : () => resolve(value));
        },
        (error: unknown) => answer(() => reject(error)),
      );
    });
  });
}
