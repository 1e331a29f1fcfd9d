import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { GrpcServer } from '../api/grpc-server.ts';
import { Guard } from '../api/guard.ts';
import { HttpServer } from '../api/http-server.ts';
import { Listener } from '../api/listener.ts';
import { ObservedIpam } from '../api/observed-ipam.ts';
import { ownerOfSocket, trustedPeer, unknownPeer } from '../api/peers.ts';
import { createCniHandler } from '../cni/handler.ts';
import { observedCniHandler } from '../cni/observed-handler.ts';
import { systemClock } from '../daemon/clock.ts';
import type { DaemonConfig } from '../daemon/config.ts';
import { Daemon } from '../daemon/daemon.ts';
import { LmdbJournal } from '../daemon/lmdb-journal.ts';
import { formatPrefix } from '../ip/prefix.ts';
import { ObservedStore } from '../store/observed-store.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { createLog } from '../telemetry/pino.ts';
import { type Engine, openEngine } from './engine.ts';
import { collectWhenIdle } from './idle-memory.ts';
import { version } from './version.ts';

export interface Directories {
  readonly store: string;
  readonly journal: string;
}

/** Opens the databases, puts the daemon and its servers together, and stops them in order on SIGTERM or SIGINT. */
export async function serve(config: DaemonConfig, directories: Directories): Promise<void> {
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat,
    ...logFile(config),
  });
  const metrics = new Metrics();
  const engine = await openEngine(config, directories.store, metrics, log);
  const store = new ObservedStore(engine.store, (operation, status, seconds) => {
    metrics.storeOperations.inc({ operation, status });
    metrics.storeDuration.observe({ operation }, seconds);
  });
  const daemon = new Daemon({
    node: config.node,
    store,
    journal: new LmdbJournal(directories.journal),
    clock: systemClock,
    log,
    cooldownMs: config.cooldownMs,
    patience: config.patience,
    // A path below /proc names a process, which may be another one by now.
    hasNetns: (path) => path !== '' && !path.startsWith('/proc/') && existsSync(path),
    preleaseThreshold: config.preleaseThreshold,
    maintenanceIntervalMs: config.maintenanceIntervalMs,
    clusterCidrs: config.clusterCidrs,
    blockSizes: config.blockSizes,
    isShared: engine.isShared,
    ...(engine.pods === undefined ? {} : { podFacts: engine.pods, podLife: engine.pods }),
    onRefused: (pod, error) => engine.onRefused(pod, error),
    onLease: () => metrics.blockAllocations.inc(),
    onReturn: () => metrics.blockReleases.inc(),
  });
  const stopServing = await startServers(config, engine, daemon, metrics, log);
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping');
    await stopServing(() => daemon.stop());
    await engine.end();
    log.info({}, 'stopped');
    process.exit(0);
  }
}

/** @returns what stops the servers, around the stop of the daemon itself */
async function startServers(
  config: DaemonConfig,
  engine: Engine,
  daemon: Daemon,
  metrics: Metrics,
  log: ReturnType<typeof createLog>,
): Promise<(stopDaemon: () => Promise<void>) => Promise<void>> {
  const { administration } = daemon;
  // Whatever the log's level and format: an audit trail with gaps is none.
  const audit = config.audit ? createLog({ ...logFile(config), level: 'info', format: 'json' }) : undefined;
  const ipam = new ObservedIpam({
    ipam: daemon.ipam,
    metrics,
    audit,
    subnetOf: (pool) => {
      const subnet = daemon.subnetOf(pool);
      return subnet === undefined ? '' : formatPrefix(subnet);
    },
  });
  const scrape = () =>
    metrics.scrape({
      blocks: () => administration.blocks(),
      pools: () => administration.pools(),
      mappings: () => daemon.ipam.ledger.size,
    });
  const readiness = () => ipam.readiness();
  const cni = observedCniHandler(
    createCniHandler({ ipam, readFile: (path) => readFile(path, 'utf8'), log }),
    (verb, outcome, seconds) => {
      metrics.cniCalls.inc({ verb, outcome });
      metrics.cniDuration.observe({ verb }, seconds);
    },
  );
  const guard = new Guard({ audit, onRefused: (reason) => metrics.callsRefused.inc({ reason }) });
  const grpc = new GrpcServer({ ipam, administration, resources: daemon.resources, version, guard });
  const local = new HttpServer({ readiness, metrics: scrape, cni });
  const remote = new HttpServer({ readiness, metrics: scrape });
  await Promise.all([local.ready(), remote.ready()]);
  const listeners: Listener[] = [];
  const listen = async (
    endpoints: ConstructorParameters<typeof Listener>[0],
    open: (listener: Listener) => Promise<void>,
  ) => {
    const listener = new Listener(endpoints);
    await open(listener);
    listeners.push(listener);
  };
  // The socket first: a second daemon on one machine must end here, before it touches any state.
  await listen({ http: local, grpc: { server: grpc, callerOf: ownerOfSocket }, cni }, (listener) =>
    listener.listenUnix(config.unixSocket, { log }),
  );
  if (config.grpcAddr !== '') {
    const callerOf = config.tls.insecure ? trustedPeer : unknownPeer;
    await listen({ http: remote, grpc: { server: grpc, callerOf } }, (listener) => listener.listenTcp(config.grpcAddr));
  }
  if (config.httpAddr !== '') await listen({ http: remote }, (listener) => listener.listenTcp(config.httpAddr));
  await engine.begin();
  const restored = await daemon.start();
  collectWhenIdle();
  grpc.setServing(true);
  log.info(
    {
      version,
      node: config.node,
      socket: config.unixSocket,
      grpc: config.grpcAddr,
      http: config.httpAddr,
      ...restored,
    },
    'ready',
  );
  return async (stopDaemon) => {
    for (const listener of listeners) listener.close();
    grpc.setServing(false);
    await stopDaemon();
    await Promise.all([grpc.stop(), local.stop(), remote.stop()]);
    for (const listener of listeners) listener.destroy();
  };
}

function logFile({ logFile: file }: DaemonConfig): { readonly file?: string } {
  return file === undefined ? {} : { file };
}
