import { existsSync } from 'node:fs';
import type { Caller } from '../api/caller.ts';
import { clusterService } from '../api/cluster-service.ts';
import { currentCaller } from '../api/current-caller.ts';
import { withDerivedStatus } from '../api/derived-status.ts';
import { PlainGate } from '../api/gate.ts';
import { GrpcServer } from '../api/grpc-server.ts';
import { HttpServer } from '../api/http-server.ts';
import { Listener } from '../api/listener.ts';
import { Metrics } from '../api/metrics.ts';
import { ObservedIpam } from '../api/observed-ipam.ts';
import { peersService } from '../api/peers-service.ts';
import { contract } from '../api/proto.ts';
import { reportRelease } from '../api/release-reports.ts';
import { scraped } from '../api/scraped.ts';
import { type NodeLimits, NodeQuota } from '../api/store-limits.ts';
import { storeService } from '../api/store-service.ts';
import { createCniHandler } from '../cni/handler.ts';
import { observedCniHandler } from '../cni/observed-handler.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { RegularCheck } from '../daemon/administration/regular-check.ts';
import { PoolFence } from '../daemon/allocation/pool-fence.ts';
import { Daemon } from '../daemon/daemon.ts';
import { LmdbJournal } from '../daemon/journal/lmdb-journal.ts';
import { addRoutingMetrics } from '../daemon/routing/metrics.ts';
import { formatPrefix } from '../ip/prefix.ts';
import type { Member } from '../members/member.ts';
import { bootOfMachine } from '../platform/boot.ts';
import { systemClock } from '../platform/clock.ts';
import { comesInTime } from '../platform/comes-in-time.ts';
import { interfacesIn } from '../platform/netns-interfaces.ts';
import { Pace } from '../platform/pace.ts';
import { RegularFiles } from '../platform/regular-file.ts';
import { ServiceManager } from '../platform/service-manager.ts';
import { sinceBoot } from '../platform/since-boot.ts';
import { type Pool, type PoolResource, parsePool, poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { observed } from '../store/observed-store.ts';
import type { Presences } from '../store/presences.ts';
import type { Store } from '../store/store.ts';
import { wrap } from '../store/wrap.ts';
import type { Log } from '../telemetry/log.ts';
import { createLog } from '../telemetry/pino.ts';
import { birdBeside } from './bird-beside.ts';
import { conflictOptions } from './conflict-options.ts';
import { type Engine, openEngine } from './engine.ts';
import { collectWhenIdle } from './idle-memory.ts';
import { keptFiles } from './kept-files.ts';
import { openPage } from './open-page.ts';
import { ownEndpoint } from './own-endpoint.ts';
import { openPeers } from './peers.ts';
import { placeSources } from './place-sources.ts';
import { recentText } from './recent-metrics.ts';
import { requireJournal } from './require-journal.ts';
import { type Configuration, onHangup } from './reread.ts';
import { scrapeSource } from './scrape-source.ts';
import { issuedFiles, openSecurity, type Security } from './security.ts';
import { version } from './version.ts';

const clusterServiceName = 'ipam.Cluster';
/** How often health is told. */
const healthMs = 500;

/** How long a daemon that could start without the store waits for it, milliseconds. */
const graceMs = 5_000;

export interface Directories {
  readonly store: string;
  readonly journal: string;
}

/** Opens the databases, puts the daemon and its servers together, and stops them in order on SIGTERM or SIGINT. */
export async function serve(
  config: DaemonConfig,
  directories: Directories,
  configuration: Configuration<DaemonConfig>,
): Promise<void> {
  const manager = new ServiceManager(process.env);
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat,
    ...logFile(config),
  });
  const metrics = new Metrics(version);
  // Whatever the log's level and format: an audit trail with gaps is none.
  const audit = config.audit ? createLog({ ...logFile(config), level: 'info', format: 'json' }) : undefined;
  const onCallRefused = (reason: string) => metrics.callsRefused.inc({ reason });
  const issued = issuedFiles(config.tls);
  if (issued !== undefined) {
    const { preparePlaceholder } = await import('./node-certificate.ts');
    preparePlaceholder(config.node, issued, Date.now());
  }
  const security = openSecurity({ config, audit, log, onRefused: onCallRefused });
  // What holds from now on is asked for at each call.
  const nodeLimits = { ...config.limits.node };
  onHangup(configuration, log, (next) => {
    log.setLevel(next.logLevel);
    security.setLimits(next.limits);
    Object.assign(nodeLimits, next.limits.node);
    security.tls?.look();
  });
  const engine = await openEngine(config, directories.store, metrics, log, security);
  if (!engine.isShared) await requireJournal(directories.journal, engine.store);
  const { presences } = engine;
  const peers = openPeers(config, engine.present, security);
  const store = wrap(
    engine.store,
    observed((operation, status, seconds) => {
      metrics.storeOperations.inc({ operation, status });
      metrics.storeDuration.observe({ operation }, seconds);
    }),
  );
  const daemon = new Daemon({
    ...{ node: config.node, whereabouts: placeSources(config, engine.pods), bird: birdBeside(config.bird) },
    store,
    journal: new LmdbJournal(directories.journal),
    clock: systemClock,
    pace: new Pace(),
    log,
    cooldownMs: config.cooldownMs,
    knowsOnlyOwnClaims: config.knowsOnlyOwnClaims,
    keepsInBlocks: config.keepsInBlocks,
    namespaceQuota: config.namespaceQuota,
    enableStatefulSet: config.enableStatefulSet,
    enableKubevirtStaticIP: config.enableKubevirtStaticIP,
    reclaimPolicy: config.reclaimPolicy,
    history: config.history,
    // A path below /proc names a process, which may be another one by now.
    hasNetns: (path) => path !== '' && !path.startsWith('/proc/') && existsSync(path),
    interfacesIn,
    boot: bootOfMachine(),
    preleaseThreshold: config.preleaseThreshold,
    maintenanceIntervalMs: config.maintenanceIntervalMs,
    // Of an agent's cluster the members make the pools.
    clusterCidrs: config.agent === undefined ? config.clusterCidrs : [],
    blockSizes: config.blockSizes,
    isShared: engine.isShared,
    ...(engine.disk === undefined ? {} : { disks: [engine.disk] }),
    completesDeletions: engine.completesDeletions,
    ...(engine.judgedBy === undefined ? {} : { judgedBy: engine.judgedBy }),
    ...(presences === undefined ? {} : { isPresent: (node: string) => presences.isPresent(node) }),
    ...(peers === undefined ? {} : { peers }),
    ...(engine.podAddresses === undefined ? {} : { podAddresses: engine.podAddresses }),
    ...keptFiles(config, log, engine.isShared),
    elapsed: sinceBoot(Date.now),
    fence: new PoolFence({ store, elapsed: () => performance.now() }),
    ...(engine.controllerState === undefined ? {} : { controllerState: engine.controllerState }),
    ...(engine.pods === undefined ? {} : { podFacts: engine.pods, podLife: engine.pods }),
    onRefused: (pod, error) => engine.onRefused(pod, error),
    onByHand: (pod, message) => engine.onByHand?.(pod, message),
    onReleased: (...of) => reportRelease({ metrics, audit, log, tell: engine.onReleased }, ...of),
    conflicts: await conflictOptions({ config: config.conflicts, metrics, engine, log }),
    onLease: ({ spec: { cidr, node, pool } }) => {
      metrics.blockAllocations.inc();
      audit?.info({ audit: 'lease', cidr, node, pool, caller: currentCaller() }, 'block leased');
    },
    onReturn: ({ spec: { cidr, node, pool } }) => {
      metrics.blockReleases.inc();
      audit?.info({ audit: 'return', cidr, node, pool, caller: currentCaller() }, 'block handed back');
    },
  });
  if (daemon.routes !== undefined) addRoutingMetrics(metrics.registry, daemon.routes);
  // Joining a cluster can take as long as it likes.
  const stopEarly = (): void => void engine.end().finally(() => process.exit(0));
  process.once('SIGTERM', stopEarly).once('SIGINT', stopEarly);
  const parts = { config, engine, daemon, metrics, log, audit, security, nodeLimits, manager };
  const stopServing = await startServers(parts);
  process.off('SIGTERM', stopEarly).off('SIGINT', stopEarly);
  const leaving = new AbortController();
  // Found out in the background: where is a matter of seconds while what is shared does not answer.
  const announced =
    presences &&
    ownEndpoint(config, engine, log).then((endpoint) =>
      presences.announce(config.node, endpoint, leaving.signal, true),
    );
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping');
    manager.stops();
    await stopServing(() => daemon.stop());
    leaving.abort();
    await announced;
    peers?.close();
    await engine.end();
    log.info({}, 'stopped');
    process.exit(0);
  }
}

interface ServerParts {
  readonly config: DaemonConfig;
  readonly engine: Engine;
  readonly daemon: Daemon;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly audit: Log | undefined;
  readonly security: Security;
  readonly nodeLimits: NodeLimits;
  readonly manager: ServiceManager;
}

/** @returns what stops the servers, around the stop of the daemon itself */
async function startServers({
  config,
  engine,
  daemon,
  metrics,
  log,
  audit,
  security,
  nodeLimits,
  manager,
}: ServerParts): Promise<(stopDaemon: () => Promise<void>) => Promise<void>> {
  const { administration } = daemon;
  const ipam = new ObservedIpam({
    ipam: daemon.ipam,
    metrics,
    audit,
    subnetOf: (pool) => {
      const subnet = daemon.subnetOf(pool);
      return subnet === undefined ? '' : formatPrefix(subnet);
    },
  });
  const { limits, tls } = security;
  const check = new RegularCheck({ administration, clock: systemClock, log });
  const figures = scrapeSource({ daemon, engine, tls, check, log });
  const scrape = () => metrics.scrape(figures);
  const readiness = () => ipam.readiness();
  const files = new RegularFiles();
  const cni = observedCniHandler(
    createCniHandler({
      ipam,
      readFile: (path) => files.read(path),
      log,
      keptIn: {
        engine: config.engine,
        endpoints: config.etcd?.endpoints,
        knowsPods: engine.pods !== undefined,
      },
    }),
    metrics.cniAnswered.bind(metrics),
  );
  const resources = withDerivedStatus(daemon.resources, () => daemon.figures.everyPool());
  const grpc = new GrpcServer({
    ...{ ipam, administration, resources, topology: daemon.topology, version, isMember: engine.member !== undefined },
    ...{ guard: security.guard, limits: config.limits },
  });
  grpc.addService(contract.Peers.service, peersService({ ipam, administration }));
  if (engine.presences !== undefined) serveStore(grpc, engine.store, engine.presences, daemon, nodeLimits);
  const outage = () => engine.member?.outage || daemon.connectivity?.outage || daemon.routes?.trouble || '';
  const trouble = () => daemon.diskTrouble;
  const local = new HttpServer({
    readiness,
    outage,
    trouble,
    metrics: async () => scraped(await scrape()),
    cni,
    refusals: security.refusals,
  });
  const recent = recentText(scrape);
  const remote = new HttpServer({
    ...{ readiness, outage, trouble, metrics: () => recent.get() },
    ...{ refusals: security.refusals, onPipelined: security.onPipelined },
  });
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
  // The runtime's calls are for root and the daemon's own user; others on the socket get what is on TCP too.
  const onSocket = ({ role }: Caller) => (role === 'admin' ? local : remote);
  const cniOnSocket = ({ role }: Caller) => (role === 'admin' ? cni : undefined);
  // The socket first: a second daemon on one machine must end here, before it touches any state.
  await listen({ gate: security.unixGate(), http: onSocket, grpc, cni: cniOnSocket }, (listener) =>
    listener.listenUnix(config.unixSocket, { log, gid: security.socketGid }),
  );
  const isTrusted = tls === undefined && config.tls.insecure;
  if (config.grpcAddr !== '') {
    await listen({ gate: security.tcpGate(), http: () => remote, grpc, limits, isTrusted }, (listener) =>
      listener.listenTcp(config.grpcAddr),
    );
  }
  if (config.httpAddr !== '') {
    await listen({ gate: new PlainGate(false), http: () => remote, limits }, (listener) =>
      listener.listenTcp(config.httpAddr),
    );
  }
  if (engine.member !== undefined && config.members !== undefined) {
    const { bindAddr } = config.members;
    serveCluster(grpc, engine.member);
    await listen({ gate: security.tcpGate(), http: () => remote, grpc, limits, isTrusted }, (listener) =>
      listener.listenTcp(bindAddr),
    );
  }
  const page = await openPage({ config, daemon, ipam, resources, security, log });
  if (page !== undefined) listeners.push(page.listener);
  // Executables that come now are answered, and what waits for this service need wait no more.
  manager.serves(`node ${config.node}: waiting for the state`);
  await begin(engine, daemon, log);
  const restored = await daemon.start();
  collectWhenIdle();
  const stopping = new AbortController();
  const checking = check.run(stopping.signal);
  const stopTelling = tellHealth(() => grpc.setServing(readiness().ready));
  manager.is(`node ${config.node}: ready, ${restored.allocations} attachments`);
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
    stopTelling();
    grpc.setServing(false);
    // It reads the journal.
    stopping.abort();
    await checking;
    await stopDaemon();
    await Promise.all([grpc.stop(), local.stop(), remote.stop(), page?.stop()]);
    for (const listener of listeners) listener.destroy();
    tls?.close();
  };
}

/** With the last known state of the store on the disk a start does not wait for one that is unreachable: DELs and leased blocks are served. */
async function begin(engine: Engine, daemon: Daemon, log: Log): Promise<void> {
  const begun = engine.begin();
  if (!daemon.canStartAlone) return begun;
  if (await comesInTime(begun, graceMs, systemClock)) return;
  log.warn({}, 'the cluster does not answer; starting with what was seen of it last');
  begun.catch((error: unknown) => {
    // As if it had failed before: the supervisor starts it again, and shows why.
    log.error({ err: error }, 'the engine cannot begin');
    process.exit(1);
  });
}

/** For agents: what they ask for goes past this daemon's own decisions, to the store itself. */
function serveStore(grpc: GrpcServer, store: Store, presences: Presences, daemon: Daemon, limits: NodeLimits): void {
  // A pool that was made a moment ago may not have come to this daemon yet.
  const pool = async (name: string): Promise<Pool | undefined> => {
    const known = daemon.pool(name);
    if (known !== undefined) return known;
    const resource = await store.get<PoolResource>({ kind: poolKind, name });
    return resource === undefined ? undefined : parsePool(resource);
  };
  const quota = new NodeQuota({ limits, count: (kind) => daemon.administration.countByNode(kind), now: Date.now });
  const review = (made: Resource): Promise<void> => daemon.resources.reviewCreate(made);
  grpc.addService(contract.Store.service, storeService({ store, pool, presences, quota, review }));
}

/** What other members and ipam-cli ask of this one; its health is that of the cluster. */
function serveCluster(grpc: GrpcServer, member: Member): void {
  grpc.addService(contract.Cluster.service, clusterService(member));
  tellHealth(() => grpc.setServiceServing(clusterServiceName, member.outage === ''));
}

/** gRPC's health is pushed to those who watch it. @returns what ends it */
function tellHealth(tell: () => void): () => void {
  tell();
  const timer = setInterval(tell, healthMs).unref();
  return () => clearInterval(timer);
}

function logFile({ logFile: file }: DaemonConfig): { readonly file?: string } {
  return file === undefined ? {} : { file };
}
