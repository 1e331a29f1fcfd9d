import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { HttpServer } from '../api/http-server.ts';
import { Listener } from '../api/listener.ts';
import type { ControllerConfig } from '../controller/config.ts';
import { Controller } from '../controller/controller.ts';
import { KubernetesEndpointRecords } from '../controller/endpoint-records.ts';
import { KubernetesLiveCluster } from '../controller/kubernetes-live-cluster.ts';
import { LeaderElection } from '../controller/leader-election.ts';
import { KubernetesLease } from '../controller/lease-records.ts';
import { ClusterState } from '../controller/state.ts';
import { systemClock } from '../daemon/clock.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import { ControllerMetrics } from '../telemetry/controller-metrics.ts';
import { createLog } from '../telemetry/pino.ts';
import { version } from './version.ts';

const component = 'ipam-controller';
const defaultNamespace = 'berth-system';
const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Puts the controller together, and stops it in order on SIGTERM or SIGINT. */
export async function runController(config: ControllerConfig): Promise<void> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  const metrics = new ControllerMetrics();
  const access = config.kubeconfig === undefined ? inClusterAccess(process.env) : kubeconfigAccess(config.kubeconfig);
  const client = new KubernetesClient({
    access,
    userAgent: `${component}/${version}`,
    onRequest: (verb, resource, code, seconds) => {
      metrics.apiRequests.inc({ verb, resource, code });
      metrics.apiDuration.observe({ verb, resource }, seconds);
    },
  });
  const store = new KubernetesStore({ client });
  const state = new ClusterState({ store, log, clock: systemClock });
  const controller = new Controller({
    state,
    store,
    endpoints: new KubernetesEndpointRecords(client),
    live: new KubernetesLiveCluster({ client, component, now: Date.now }),
    clock: systemClock,
    log,
    resyncMs: config.resyncMs,
    lostNodesMs: config.lostNodesMs,
    drainMs: config.drainMs,
    observer: {
      reconciled: (kind, outcome, seconds) => {
        metrics.reconciles.inc({ kind, outcome });
        metrics.reconcileDuration.observe({ kind }, seconds);
      },
      reclaimed: (kind) => metrics.reclaimed.inc({ kind }),
    },
  });
  const namespace = config.namespace ?? ownNamespace() ?? client.namespace ?? defaultNamespace;
  const identity = `${hostname()}_${randomUUID()}`;
  const election = new LeaderElection({
    ...config,
    lease: new KubernetesLease(client, { namespace, name: config.leaseName }),
    identity,
    clock: systemClock,
    log,
    onChange: (isLeader) => metrics.setLeader(isLeader),
  });
  const http = new HttpServer({
    readiness: () => (state.ready ? { ready: true, reason: '' } : { ready: false, reason: 'reading the cluster' }),
    metrics: () => metrics.scrape(controller.queueLengths()),
  });
  await http.ready();
  const listener = new Listener({ http });
  if (config.httpAddr !== '') await listener.listenTcp(config.httpAddr);

  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) return;
    log.info({ signal }, 'stopping');
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    await state.start(stopping.signal);
    log.info({ version, identity, namespace, lease: config.leaseName, http: config.httpAddr }, 'ready');
    await election.run((term) => controller.lead(term), stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  listener.close();
  await store.close();
  await client.close();
  await http.stop();
  listener.destroy();
  log.info({}, 'stopped');
  process.exit(0);
}

/** Of the Pod that this is; undefined outside of one. */
function ownNamespace(): string | undefined {
  try {
    return readFileSync(namespaceFile, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
