import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { GrpcServer } from '../api/grpc-server.ts';
import { HttpServer } from '../api/http-server.ts';
import { Listener } from '../api/listener.ts';
import { ObservedIpam } from '../api/observed-ipam.ts';
import { createCniHandler } from '../cni/handler.ts';
import { observedCniHandler } from '../cni/observed-handler.ts';
import { systemClock } from '../daemon/clock.ts';
import { type DaemonConfig, type DaemonFlags, daemonConfig } from '../daemon/config.ts';
import { Daemon } from '../daemon/daemon.ts';
import { LmdbJournal } from '../daemon/lmdb-journal.ts';
import { recover } from '../daemon/recover.ts';
import { formatPrefix } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { verifyEnvironments } from '../store/embedded/verify.ts';
import { ObservedStore } from '../store/observed-store.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { createLog } from '../telemetry/pino.ts';
import { version } from './version.ts';

interface Flags extends DaemonFlags {
  readonly config?: string;
  readonly recover?: boolean;
  readonly cniCache: string;
}

const program = new Command('ipam-daemon')
  .description('Serves addresses to the CNI executables, gRPC clients and ipam-cli of one node.')
  .version(version)
  .option('--config <file>', 'configuration file (YAML); flags win over it')
  .option('--node-id <name>', 'name of this node (default: the host name)')
  .option('--bind-addr <host:port>', 'where cluster members would reach this one (default: 0.0.0.0:7000)')
  .option('--cluster-cidr <cidrs>', 'pools to create at the first start: one CIDR per IP family, comma-separated')
  .option('--bootstrap', 'start a new cluster (with the embedded engine: of this one machine)')
  .option('--join <host:port>', 'join a cluster (arrives with a later version)')
  .option('--data-dir <dir>', 'where state is kept (default: /var/lib/ipam)')
  .option('--block-size <length>', 'prefix length of the IPv4 blocks that nodes lease (default: 24)')
  .option('--block-size-v6 <length>', 'prefix length of the IPv6 blocks that nodes lease (default: 64)')
  .option('--grpc-addr <host:port>', 'gRPC over TCP; "" turns it off (default: 0.0.0.0:9090)')
  .option('--unix-socket <path>', 'gRPC and CNI (default: /run/ipam/ipam.sock)')
  .option('--metrics-addr <host:port>', 'health and metrics; "" turns it off (default: 0.0.0.0:2112)')
  .option('--log-level <level>', 'debug, info, warn or error (default: info)')
  .option('--log-format <format>', 'json or text (default: json)')
  .option(
    '--recover',
    'repair a damaged database: keep it aside, rebuild from what is whole and from the runtime, and exit',
  )
  .option('--cni-cache <dir>', 'where the container runtime keeps CNI results, for --recover', '/var/lib/cni')
  .addHelpText('after', '\nExit status: 0 stopped or recovered, 1 failed to start, 2 wrong flags or configuration.');

async function main(): Promise<void> {
  program.exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
  const flags = program.parse().opts<Flags>();
  const config = readConfig(flags);
  if (flags.recover) {
    process.stdout.write(
      await recover({ dataDir: config.dataDir, cniCache: flags.cniCache, node: config.node, now: Date.now }),
    );
    return;
  }
  await serve(config);
}

function readConfig({ config: file, ...flags }: Flags): DaemonConfig {
  let text = '';
  if (file !== undefined) {
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new IpamError('invalid-config', `--config ${file}: ${(error as Error).message}`);
    }
  }
  return daemonConfig(text, file ?? 'configuration', flags, hostname());
}

async function serve(config: DaemonConfig): Promise<void> {
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat,
    ...(config.logFile === undefined ? {} : { file: config.logFile }),
  });
  const directories = { store: join(config.dataDir, 'store'), journal: join(config.dataDir, 'journal') };
  await verifyEnvironments([directories.store, directories.journal]);
  const metrics = new Metrics();
  const embedded = new EmbeddedStore({
    directory: directories.store,
    now: Date.now,
    newUid: randomUUID,
    keptChanges: config.keptChanges,
  });
  const store = new ObservedStore(embedded, (operation, status, seconds) => {
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
    preleaseThreshold: config.preleaseThreshold,
    maintenanceIntervalMs: config.maintenanceIntervalMs,
    clusterCidrs: config.clusterCidrs,
    blockSizes: config.blockSizes,
    onLease: () => metrics.blockAllocations.inc(),
    onReturn: () => metrics.blockReleases.inc(),
  });
  const stopServing = await startServers(config, daemon, metrics, log);
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping');
    await stopServing(() => daemon.stop());
    log.info({}, 'stopped');
    process.exit(0);
  }
}

/** @returns what stops the servers, around the stop of the daemon itself */
async function startServers(
  config: DaemonConfig,
  daemon: Daemon,
  metrics: Metrics,
  log: ReturnType<typeof createLog>,
): Promise<(stopDaemon: () => Promise<void>) => Promise<void>> {
  const { administration } = daemon;
  const ipam = new ObservedIpam({
    ipam: daemon.ipam,
    metrics,
    audit: config.audit ? log.child({}) : undefined,
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
  const grpc = new GrpcServer({ ipam, administration, resources: daemon.resources, version });
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
  await listen({ http: local, grpc }, (listener) => listener.listenUnix(config.unixSocket));
  if (config.grpcAddr !== '') await listen({ http: remote, grpc }, (listener) => listener.listenTcp(config.grpcAddr));
  if (config.httpAddr !== '') await listen({ http: remote }, (listener) => listener.listenTcp(config.httpAddr));
  const restored = await daemon.start();
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

main().catch((error: unknown) => {
  if (!(error instanceof IpamError)) throw error;
  process.stderr.write(`ipam-daemon: ${error.message}\n${error.advice === '' ? '' : `hint: ${error.advice}\n`}`);
  process.exit(error.code === 'invalid-config' ? 2 : 1);
});
