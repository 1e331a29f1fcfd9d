import type { Clock } from '../../platform/clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { HeldBack } from '../allocation/held-back.ts';
import { StoreHistory } from '../recovery/store-history.ts';

/** The history of a store that nobody interrupts. */
export function quietHistory(clock: Clock): StoreHistory {
  return new StoreHistory({
    clock,
    log: silentLog,
    heldBack: new HeldBack(clock, () => {}),
    sandboxDeadlineMs: 300_000,
    cooldownMs: 30_000,
    outage: () => '',
    onWentBack: () => {},
  });
}
