import type { MetricsSource } from '../api/metrics.ts';
import type { RegularCheck } from '../daemon/administration/regular-check.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { isIpamError } from '../resources/errors.ts';
import { TopologyCensus } from '../store/topology-census.ts';
import type { Log } from '../telemetry/log.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import type { Engine } from './engine.ts';

export interface ScrapeSourceParts {
  readonly daemon: Daemon;
  readonly engine: Engine;
  readonly tls: TlsFiles | undefined;
  readonly check: Pick<RegularCheck, 'findings'>;
  readonly log: Log;
}

/** What the metrics of a daemon show. */
export function scrapeSource({ daemon, engine, tls, check, log }: ScrapeSourceParts): MetricsSource {
  const census = new TopologyCensus({ store: engine.store, elapsed: () => performance.now(), log });
  return {
    certificateExpires: () => tls?.current.expires,
    own: () => daemon.figures.own(),
    pools: async () => ((await speaks(engine)) ? daemon.figures.pools() : undefined),
    forecasts: () => daemon.administration.forecast(),
    census: () => census.take(),
    attachments: () => daemon.ipam.ledger.size,
    connectivity: () => daemon.connectivity,
    lost: () => daemon.lostAddresses,
    findings: () => check.findings,
    malformed: () => daemon.malformed.counts(),
    history: () => daemon.history,
  };
}

/** One that cannot ask who speaks has nothing new to say of the pools either. */
async function speaks(engine: Engine): Promise<boolean> {
  try {
    return await engine.speaksForPools();
  } catch (error) {
    if (isIpamError(error)) return false;
    throw error;
  }
}
