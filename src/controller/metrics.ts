import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { ForecastGauges } from '../api/forecast-gauges.ts';
import { PoolGauges } from '../api/pool-gauges.ts';
import type { PoolFigures } from '../ipam/figures.ts';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import type { Census } from '../store/topology-census.ts';
import { addProcessMetrics } from '../telemetry/process-metrics.ts';

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of ipam-controller, and the process's own. */
export class ControllerMetrics {
  readonly registry = new Registry();
  readonly reconciles: Counter<'kind' | 'outcome'>;
  readonly reconcileDuration: Histogram<'kind'>;
  readonly reclaimed: Counter<'kind' | 'reason'>;
  readonly reviews: Counter<'webhook' | 'kind' | 'operation' | 'outcome'>;
  readonly reviewDuration: Histogram<'webhook'>;
  readonly schedulerRequests: Counter<'verb' | 'outcome'>;
  readonly schedulerDuration: Histogram<'verb'>;
  readonly schedulerNodes: Counter<'outcome'>;
  readonly apiRequests: Counter<'verb' | 'resource' | 'code'>;
  readonly apiDuration: Histogram<'verb'>;
  readonly refused: Counter<'reason'>;
  readonly #leader: readonly Gauge[];
  readonly #queued: Gauge<'kind'>;
  readonly #certificateExpiry: Gauge;
  readonly #pools = new PoolGauges(this.registry);
  readonly #forecasts = new ForecastGauges(this.registry);

  /** @param version of the program */
  constructor(version: string) {
    const registers = [this.registry];
    addProcessMetrics(this.registry, version);
    this.reconciles = new Counter({
      name: 'ipam_controller_reconciles_total',
      help: 'Looks at one pool, subnet or endpoint, by how they ended',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.reconcileDuration = new Histogram({
      name: 'ipam_controller_reconcile_duration_seconds',
      help: 'Time of one look',
      labelNames: ['kind'],
      buckets: seconds,
      registers,
    });
    this.reclaimed = new Counter({
      name: 'ipam_controller_reclaimed_total',
      help: 'Claims, blocks, pools of ranges and endpoints that nobody stands behind any more, by why',
      labelNames: ['kind', 'reason'],
      registers,
    });
    this.reviews = new Counter({
      name: 'ipam_webhook_reviews_total',
      help: 'Writes that the admission webhook was asked about',
      labelNames: ['webhook', 'kind', 'operation', 'outcome'],
      registers,
    });
    this.reviewDuration = new Histogram({
      name: 'ipam_webhook_review_duration_seconds',
      help: 'Time of one review',
      labelNames: ['webhook'],
      buckets: seconds,
      registers,
    });
    this.schedulerRequests = new Counter({
      name: 'ipam_scheduler_requests_total',
      help: 'What schedulers asked, by whether there was anything to say',
      labelNames: ['verb', 'outcome'],
      registers,
    });
    this.schedulerDuration = new Histogram({
      name: 'ipam_scheduler_request_duration_seconds',
      help: 'Time of one answer, from the parsed question to the answer',
      labelNames: ['verb'],
      buckets: seconds,
      registers,
    });
    this.schedulerNodes = new Counter({
      name: 'ipam_scheduler_nodes_total',
      help: 'Nodes that schedulers asked to have filtered, by whether they passed',
      labelNames: ['outcome'],
      registers,
    });
    this.apiRequests = new Counter({
      name: 'ipam_api_requests_total',
      help: 'Requests to the Kubernetes API, every attempt',
      labelNames: ['verb', 'resource', 'code'],
      registers,
    });
    this.apiDuration = new Histogram({
      name: 'ipam_api_request_duration_seconds',
      help: 'Time of requests to the Kubernetes API; of watches, to their beginning',
      labelNames: ['verb'],
      buckets: seconds,
      registers,
    });
    this.refused = new Counter({
      name: 'ipam_calls_refused_total',
      help: 'Requests and connections refused, by reason',
      labelNames: ['reason'],
      registers,
    });
    // The second name is that of an IPAM controller for Cilium, whose users have alerts on it.
    this.#leader = ['ipam_controller_leader', 'leader_election_status'].map(
      (name) => new Gauge({ name, help: '1 while this replica leads', registers }),
    );
    this.#certificateExpiry = new Gauge({
      name: 'ipam_certificate_expiry_timestamp_seconds',
      help: 'When the certificate of the admission webhook expires, Unix time; absent: there is none',
      registers,
    });
    this.#queued = new Gauge({
      name: 'ipam_controller_queue_length',
      help: 'Keys that wait for a look or have it',
      labelNames: ['kind'],
      registers,
    });
  }

  /** @param expires milliseconds since 1970; undefined: there is no certificate */
  showCertificate(expires: number | undefined): void {
    if (expires === undefined) this.#certificateExpiry.remove();
    else this.#certificateExpiry.set(expires / 1_000);
  }

  setLeader(isLeader: boolean): void {
    for (const gauge of this.#leader) gauge.set(isLeader ? 1 : 0);
  }

  /** The exposition text, gauges fresh. @param pools undefined: another replica leads, and shows them */
  async scrape(
    queued: Readonly<Record<string, number>>,
    pools: readonly PoolFigures[] | undefined,
    forecasts: readonly Forecast[] = [],
    census?: Census,
  ): Promise<{ readonly contentType: string; readonly body: string }> {
    this.#pools.show(pools, census);
    this.#forecasts.show(pools === undefined ? [] : forecasts);
    for (const [kind, length] of Object.entries(queued)) this.#queued.set({ kind }, length);
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
