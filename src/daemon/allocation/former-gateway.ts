import { formatAddress } from '../../ip/address.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Cooldowns } from '../journal/cooldowns.ts';
import type { Journal } from '../journal/journal.ts';

export interface FormerGatewayParts {
  readonly cooldowns: Cooldowns;
  readonly journal: Journal;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Of pools that do not say. */
  readonly cooldownMs: number;
}

/** What was a gateway until now may be one for a while: it cools down like any address that is given back. */
export function coolDownGateway(
  parts: FormerGatewayParts,
  { name, gateway, cooldownMs = parts.cooldownMs }: Pool,
): void {
  if (gateway === undefined || cooldownMs === 0) return;
  const { clock, journal, log, cooldowns } = parts;
  const coolingDown = { address: formatAddress(gateway), pool: name, until: clock.now() + cooldownMs };
  cooldowns.set(coolingDown);
  journal.commit([{ type: 'cooldown', coolingDown }]).catch((error: unknown) => {
    log.warn({ err: error, address: coolingDown.address }, 'a restart forgets that a former gateway cools down');
  });
}
