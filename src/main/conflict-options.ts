import type { Metrics } from '../api/metrics.ts';
import type { ConflictsConfig } from '../config/daemon-config.ts';
import type { ConflictOptions } from '../daemon/allocation/conflict-guard.ts';
import { NeighbourTools } from '../platform/neighbours.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Engine } from './engine.ts';

export interface ConflictParts {
  readonly config: ConflictsConfig;
  readonly metrics: Pick<Metrics, 'neighbourAnswers'>;
  readonly engine: Pick<Engine, 'onRefused'>;
  readonly log: Log;
}

/** How this daemon looks for others who use an address. A pool can ask for it where the configuration does not. */
export async function conflictOptions({ config, metrics, engine, log }: ConflictParts): Promise<ConflictOptions> {
  const neighbours = new NeighbourTools(config.waitMs);
  if (config.conflict !== 'none' || config.gateway !== 'none') await lookForTools(neighbours, log);
  return {
    ...config,
    neighbours,
    onAnswer: (what, answer, family) => metrics.neighbourAnswers.inc({ what, answer, family: String(family) }),
    onFound: (pod, error) => engine.onRefused(pod, error),
  };
}

/** Pods get their addresses without them, too: what cannot be asked is said at each ADD. */
async function lookForTools(neighbours: NeighbourTools, log: Log): Promise<void> {
  try {
    await neighbours.requireTools();
  } catch (error) {
    if (!isIpamError(error)) throw error;
    log.error({ err: error }, error.message);
  }
}
