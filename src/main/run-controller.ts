import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { ConnectionLimits } from '../api/connection-limits.ts';
import { PlainGate } from '../api/gate.ts';
import { HttpServer } from '../api/http-server.ts';
import { Listener } from '../api/listener.ts';
import { Refusals } from '../api/refusals.ts';
import type { ControllerConfig } from '../config/controller-config.ts';
import { podAdmissionFacts } from '../controller/admission-view.ts';
import { Applications, applicationTypes, formerApplicationTypes } from '../controller/applications/applications.ts';
import { CertificateSigner } from '../controller/certificates/certificate-signer.ts';
import { SecretAuthority } from '../controller/certificates/secret-authority.ts';
import { Controller, type ControllerObserver } from '../controller/controller.ts';
import { KubernetesEndpointRecords } from '../controller/endpoint-records.ts';
import { KubernetesLiveCluster } from '../controller/kubernetes-live-cluster.ts';
import { LeaderElection } from '../controller/leader-election.ts';
import { KubernetesLease } from '../controller/lease-records.ts';

import { ControllerMetrics } from '../controller/metrics.ts';
import { heldView } from '../controller/occupancy.ts';
import { allPoolFigures } from '../controller/pool-figures.ts';
import { PoolForecasts } from '../controller/pool-forecasts.ts';
import { ClusterState } from '../controller/state.ts';
import { AdmissionWebhook } from '../controller/webhook/admission-webhook.ts';
import { FileTls } from '../controller/webhook/tls/file-tls.ts';
import { SecretTls } from '../controller/webhook/tls/secret-tls.ts';
import { systemClock } from '../platform/clock.ts';
import { sinceBoot } from '../platform/since-boot.ts';
import { FollowedTopology } from '../store/followed-topology.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import { TopologyCensus } from '../store/topology-census.ts';
import type { Log } from '../telemetry/log.ts';
import { createLog } from '../telemetry/pino.ts';
import { type ConnectionShares, connectionShares, descriptorLimit } from './descriptors.ts';
import { controllerNamespace } from './own-namespace.ts';
import { recentText } from './recent-metrics.ts';
import { type Configuration, onHangup } from './reread.ts';
import { newSchedulerExtender } from './scheduler-extender.ts';
import { punishPipelining, strangerBudget } from './security.ts';
import { trustedCallers } from './trusted-callers.ts';
import { version } from './version.ts';

const component = 'ipam-controller';
/** Of one source, on the port of health and metrics: as a daemon has it by default. */
const connectionsOfOne = 100;
const strangersPerSecond = 20;
/** The same of the webhook: an API server that many clients write to opens a connection for each review that it cannot send yet. */
const webhookConnectionsOfOne = 200;
const webhookConnectionsPerSecond = 100;
const clock = () => performance.now();

/** Puts the controller together, and stops it in order on SIGTERM or SIGINT. */
export async function runController(
  config: ControllerConfig,
  configuration: Configuration<ControllerConfig>,
): Promise<void> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  onHangup(configuration, log, ({ logLevel }) => log.setLevel(logLevel));
  const metrics = new ControllerMetrics(version);
  const access = config.kubeconfig === undefined ? inClusterAccess(process.env) : kubeconfigAccess(config.kubeconfig);
  const client = new KubernetesClient({
    access,
    userAgent: `${component}/${version}`,
    onRequest: (verb, resource, code, seconds) => {
      metrics.apiRequests.inc({ verb, resource, code });
      metrics.apiDuration.observe({ verb }, seconds);
    },
  });
  const store = new KubernetesStore({ client });
  const state = new ClusterState({ store, log, clock: systemClock });
  const live = new KubernetesLiveCluster({ client, component, now: Date.now });
  const reconciled: ControllerObserver['reconciled'] = (kind, outcome, seconds) => {
    metrics.reconciles.inc({ kind, outcome });
    metrics.reconcileDuration.observe({ kind }, seconds);
  };
  const controller = new Controller({
    state,
    store,
    endpoints: new KubernetesEndpointRecords(client),
    live,
    clock: systemClock,
    log,
    resyncMs: config.resyncMs,
    lostNodesMs: config.lostNodesMs,
    reclaims: config.reclaims,
    unready: {
      sandboxDeadlineMs: config.sandboxDeadline,
      isTerminatingEnough: config.reclaimsTerminating,
      terminatingDelayMs: config.terminatingDelay,
      nodeNotReadyMs: config.nodeNotReady || undefined,
    },
    drainMs: config.drainMs,
    publishesOccupancy: config.publishesOccupancy,
    scaleDownGraceMs: config.scaleDownGraceMs,
    flexibleCount: config.flexibleCount,
    applications: config.enableAutoPools
      ? () => {
          const of = (types: typeof applicationTypes) => new KubernetesStore({ client, types });
          const stores = { store: of(applicationTypes), formerStore: of(formerApplicationTypes) };
          return new Applications({ ...stores, clock: systemClock, log });
        }
      : undefined,
    topology: () => new FollowedTopology({ store, clock: systemClock, log }),
    forecasts: () => forecasts.forecasts(),
    enableStatefulSet: config.enableStatefulSet,
    enableKubevirtStaticIP: config.enableKubevirtStaticIP,
    whenScaled: config.whenScaled,
    observer: {
      reconciled,
      reclaimed: (kind, { reason }) => metrics.reclaimed.inc({ kind, reason }),
    },
  });
  const namespace = config.namespace ?? controllerNamespace(client);
  const identity = `${hostname()}_${randomUUID()}`;
  const election = new LeaderElection({
    ...config,
    lease: new KubernetesLease(client, { namespace, name: config.leaseName }),
    identity,
    clock: systemClock,
    log,
    onChange: (isLeader) => metrics.setLeader(isLeader),
  });
  const signer = new CertificateSigner({
    client,
    authority: new SecretAuthority({ client, namespace, secretName: 'berth-daemons-ca', now: Date.now, log }),
    namespace,
    account: `system:serviceaccount:${namespace}:ipam-daemon`,
    clock: systemClock,
    log,
    onDone: reconciled,
  });
  const refusals = new Refusals({ audit: undefined, onRefused: (reason) => metrics.refused.inc({ reason }), clock });
  const { ofStrangers, ofKnown } = connectionShares(descriptorLimit());
  // Of both ports together they are as many as of a daemon's.
  const shares = { ofStrangers: Math.floor(ofStrangers / 2), ofKnown };
  const webhook =
    config.webhookAddr === ''
      ? undefined
      : newWebhook(config, { client, store, state, namespace, metrics, log, shares, refusals });
  const extender = newSchedulerExtender(config, { client, store, state, metrics, log, shares, refusals });
  const strangers = strangerBudget(strangersPerSecond, clock);
  // Every replica knows the pools; from two they would be counted twice.
  const pools = () => (election.isLeader && state.ready ? allPoolFigures(state) : undefined);
  const forecasts = new PoolForecasts({
    ...{ state, live, log, clock: systemClock, elapsed: sinceBoot(Date.now) },
    warnWithinMs: config.forecastWarnWithin,
    isLeader: () => election.isLeader,
  });
  const census = new TopologyCensus({ store, elapsed: clock, log });
  const scraped = recentText(async () => {
    const shown = pools();
    const network = shown === undefined ? undefined : await census.take();
    metrics.showCertificate(webhook?.certificateExpires);
    return metrics.scrape(controller.queueLengths(), shown, forecasts.forecasts(), network);
  });
  const http = new HttpServer({
    readiness: () => {
      if (!state.ready) return { ready: false, reason: 'reading the cluster' };
      return webhook?.readiness() ?? { ready: true, reason: '' };
    },
    metrics: () => scraped.get(),
    refusals,
    onPipelined: punishPipelining(strangers),
  });
  await http.ready();
  const limits = new ConnectionLimits({
    ofOne: connectionsOfOne,
    ...shares,
    strangers,
    refusals,
  });
  const listener = new Listener({ gate: new PlainGate(false), http: () => http, limits });
  if (config.httpAddr !== '') await listener.listenTcp(config.httpAddr);

  await extender?.listen();
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) return;
    log.info({ signal }, 'stopping');
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const webhookStarted = webhook?.start();
  // Until it is waited for, below.
  webhookStarted?.catch(() => stopping.abort());
  const scheduling = extender?.run(stopping.signal);
  scheduling?.catch(() => stopping.abort());
  try {
    await state.start(stopping.signal);
    log.info({ version, identity, namespace, lease: config.leaseName, http: config.httpAddr }, 'ready');
    const lead = (term: AbortSignal) => Promise.all([controller.lead(term), signer.run(term)]).then(() => {});
    await Promise.all([election.run(lead, stopping.signal), forecasts.run(stopping.signal)]);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  listener.close();
  await webhook?.stop();
  await webhookStarted;
  await extender?.stop();
  await scheduling;
  await store.close();
  await client.close();
  await http.stop();
  listener.destroy();
  log.info({}, 'stopped');
  process.exit(0);
}

interface WebhookParts {
  readonly client: KubernetesClient;
  readonly store: KubernetesStore;
  readonly state: ClusterState;
  readonly namespace: string;
  readonly metrics: ControllerMetrics;
  readonly log: Log;
  readonly shares: ConnectionShares;
  readonly refusals: Refusals;
}

/** Every replica serves it, whoever leads. */
function newWebhook(
  config: ControllerConfig,
  { state, metrics, shares, refusals, ...parts }: WebhookParts,
): AdmissionWebhook {
  const strangers = strangerBudget(webhookConnectionsPerSecond, clock);
  const punish = punishPipelining(strangers);
  const { webhookAddr, webhookCertDir, webhookHosts, webhookClientCA, webhookClientNames, families } = config;
  const service = `${component}.${parts.namespace}.svc`;
  const hosts = webhookHosts ?? [service, `${service}.cluster.local`];
  const colon = webhookAddr.lastIndexOf(':');
  return new AdmissionWebhook({
    ...parts,
    tls:
      webhookCertDir === undefined
        ? new SecretTls({ ...parts, secretName: 'berth-webhook-tls', hosts, now: Date.now })
        : new FileTls(webhookCertDir),
    ...(webhookClientCA === undefined
      ? {}
      : { callers: trustedCallers('webhook.clientCA', webhookClientCA, webhookClientNames) }),
    limits: new ConnectionLimits({ ofOne: webhookConnectionsOfOne, ...shares, strangers, refusals }),
    onPipelined: (address) => {
      refusals.connection(address, 'pipelined', 'HTTP: a review before the answer to the one before');
      punish({ address, via: 'tls' });
    },
    host: webhookAddr.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(webhookAddr.slice(colon + 1)),
    families,
    view: heldView(state),
    ...(config.refusesPods ? { pods: podAdmissionFacts(state) } : {}),
    clock: systemClock,
    onReview: (webhook, kind, operation, outcome, seconds) => {
      metrics.reviews.inc({ webhook, kind, operation, outcome });
      metrics.reviewDuration.observe({ webhook }, seconds);
    },
  });
}
