import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { ConnectionLimits } from '../api/connection-limits.ts';
import { PlainGate } from '../api/gate.ts';
import { HttpServer } from '../api/http-server.ts';
import { Listener } from '../api/listener.ts';
import { Refusals } from '../api/refusals.ts';
import { selectorQuery } from '../cilium/label-selector.ts';
import type { CiliumConfig } from '../config/cilium-config.ts';
import { CiliumController } from '../controller/cilium/cilium-controller.ts';
import { CiliumMetrics } from '../controller/cilium/cilium-metrics.ts';
import { CiliumState } from '../controller/cilium/cilium-state.ts';
import { ciliumEndpointType, ciliumNodeType } from '../controller/cilium/types.ts';
import { KubernetesLiveCluster } from '../controller/kubernetes-live-cluster.ts';
import { LeaderElection } from '../controller/leader-election.ts';
import { KubernetesLease } from '../controller/lease-records.ts';
import { systemClock } from '../platform/clock.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { podType, statefulSetType } from '../store/kubernetes/core.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import { createLog } from '../telemetry/pino.ts';
import { connectionShares, descriptorLimit } from './descriptors.ts';
import { recentText } from './recent-metrics.ts';
import { punishPipelining, strangerBudget } from './security.ts';
import { version } from './version.ts';

const component = 'cilium-ipam-controller';
const usualNamespace = 'kube-system';
/** Of one source, on the port of health and metrics: as a daemon has it by default. */
const connectionsOfOne = 100;
const strangersPerSecond = 20;
const clock = () => performance.now();

/** Puts the controller together, and stops it in order on SIGTERM or SIGINT. */
export async function runCiliumController(config: CiliumConfig): Promise<void> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  const metrics = new CiliumMetrics(version);
  const access = config.kubeconfig === undefined ? inClusterAccess(process.env) : kubeconfigAccess(config.kubeconfig);
  const client = new KubernetesClient({
    access,
    userAgent: `${component}/${version}`,
    onRequest: (verb, resource, code) => metrics.apiRequests.inc({ verb, resource, code }),
  });
  const labelSelector = selectorQuery(config.labelSelector);
  const selected = { ...podType, ...(labelSelector === '' ? {} : { labelSelector }) };
  const store = new KubernetesStore({ client, types: [ciliumNodeType, ciliumEndpointType, statefulSetType, selected] });
  const state = new CiliumState({ store, excluded: config.excludedPrefixes, log, clock: systemClock });
  const namespace = config.namespace ?? client.namespace ?? usualNamespace;
  const { ownerKinds: kinds, ...settings } = config;
  const controller = new CiliumController({
    ...{ ...settings, kinds, state, client, log, namespace, clock: systemClock },
    live: new KubernetesLiveCluster({ client, component, now: Date.now }),
    onReconciled: (kind, outcome, seconds) => metrics.reconciled(kind, outcome, seconds),
  });
  const refusals = new Refusals({ audit: undefined, onRefused: (reason) => metrics.refused.inc({ reason }), clock });
  const strangers = strangerBudget(strangersPerSecond, clock);
  const scraped = recentText(() => metrics.scrape(state.nodes(), config.families));
  const http = new HttpServer({
    readiness: () => (state.ready ? { ready: true, reason: '' } : { ready: false, reason: 'reading the cluster' }),
    metrics: () => scraped.get(),
    refusals,
    onPipelined: punishPipelining(strangers),
  });
  await http.ready();
  const limits = new ConnectionLimits({
    ofOne: connectionsOfOne,
    ...connectionShares(descriptorLimit()),
    strangers,
    refusals,
  });
  const listener = new Listener({ gate: new PlainGate(false), http: () => http, limits });
  if (config.httpAddr !== '') await listener.listenTcp(config.httpAddr);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const identity = `${hostname()}_${randomUUID()}`;
  const election = new LeaderElection({
    ...config,
    lease: new KubernetesLease(client, { namespace, name: config.leaseName }),
    ...{ identity, clock: systemClock, log },
    onChange: (isLeader) => metrics.setLeader(isLeader),
  });
  try {
    await state.start(stopping.signal);
    log.info({ version, identity, namespace, lease: config.leaseName, http: config.httpAddr }, 'ready');
    const lead = (term: AbortSignal) => controller.lead(term);
    if (config.enableLeaderElection) await election.run(lead, stopping.signal);
    else {
      metrics.setLeader(true);
      await lead(stopping.signal);
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  listener.close();
  await store.close();
  client.close();
  await http.stop();
  listener.destroy();
  log.info({}, 'stopped');
  process.exit(0);
}
