import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { CheckFindings } from '../ipam/check-findings.ts';
import { type NodeFigures, type OwnFigures, type PoolFigures, ratio } from '../ipam/figures.ts';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import type { Census } from '../store/topology-census.ts';
import { addProcessMetrics } from '../telemetry/process-metrics.ts';
import { ForecastGauges } from './forecast-gauges.ts';
import { PoolGauges } from './pool-gauges.ts';

/** What the gauges show, asked for at each scrape. */
export interface MetricsSource {
  /** Of this daemon alone: all daemons are scraped. */
  own(): Promise<OwnFigures>;
  /** Undefined: another speaks for the pools. */
  pools(): Promise<readonly PoolFigures[] | undefined>;
  /** When they run out; absent: nobody notes how full they were. */
  forecasts?(): readonly Forecast[];
  /** The network, asked for where this daemon speaks for the pools; undefined: there is none. */
  census?(): Promise<Census | undefined>;
  attachments(): number;
  /** Undefined: the store is this machine's own. */
  connectivity?(): { readonly unreachableSince: number | undefined; readonly heardAt: number | undefined } | undefined;
  /** Addresses on record that are not the node's any more. */
  lost?(): number;
  /** Of the last check; undefined: there was none yet. */
  findings?(): CheckFindings | undefined;
  /** Objects of the store that cannot be used, by kind. */
  malformed?(): ReadonlyMap<string, number>;
  /** Of a shared store: how often it was found to have gone back, and whether that is settled. */
  history?(): { readonly times: number; readonly isSettling: boolean };
  /** When the certificate in use expires, milliseconds since 1970; undefined: there is none. */
  certificateExpires(): number | undefined;
}

/** Most blocks shown one by one: a label set costs the scraper memory for ever. */
const blockSeriesLimit = 64;

/*
 * Each bucket is a series for each label set on each node. Of what is answered from memory and a disk the parts of a
 * millisecond count; of what goes over a network an order of magnitude does.
 */
const answerSeconds = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1, 5];
const storeSeconds = [0.000_1, 0.001, 0.01, 0.1, 1];
const requestSeconds = [0.005, 0.05, 0.5, 5];
/** The calls that a Pod waits for; others are counted. */
const timedVerbs: ReadonlySet<string> = new Set(['ADD', 'DEL']);

/** The metrics of docs/metrics.md, and the process's own. */
export class Metrics {
  readonly registry = new Registry();
  readonly allocations = this.#counter('ipam_ip_allocations_total', 'Addresses allocated');
  readonly releases = this.#counter('ipam_ip_releases_total', 'Addresses released, by reason', ['reason']);
  readonly allocationErrors = this.#counter(
    'ipam_ip_allocation_errors_total',
    'Allocations refused or failed, by error code',
    ['code'],
  );
  readonly blockAllocations = this.#counter('ipam_block_allocations_total', 'Blocks leased');
  readonly blockReleases = this.#counter('ipam_block_releases_total', 'Blocks handed back');
  readonly subnetAllocations = this.#counter(
    'ipam_subnet_allocations_total',
    'Addresses allocated, by subnet of the pool',
    ['subnet_cidr'],
  );
  readonly cniCalls = this.#counter('ipam_cni_calls_total', 'CNI calls answered, by verb and outcome', [
    'verb',
    'outcome',
  ]);
  readonly neighbourAnswers = this.#counter(
    'ipam_neighbour_answers_total',
    'Addresses and gateways asked for on the segment of an interface, by who answered: nobody, somebody, or unknown',
    ['what', 'answer', 'family'],
  );
  readonly callsRefused = this.#counter('ipam_calls_refused_total', 'gRPC calls and connections refused, by reason', [
    'reason',
  ]);
  readonly storeOperations = this.#counter('ipam_store_operations_total', 'Operations on the store', [
    'operation',
    'status',
  ]);
  readonly apiRequests = this.#counter(
    'ipam_api_requests_total',
    'Requests to the Kubernetes API, by RBAC verb, resource and HTTP status',
    ['verb', 'resource', 'code'],
  );
  readonly apiDuration = this.#histogram(
    'ipam_api_request_duration_seconds',
    'Time of requests to the Kubernetes API; of watches, to their beginning',
    requestSeconds,
    ['verb'],
  );
  readonly allocationDuration = this.#histogram(
    'ipam_allocation_duration_seconds',
    'Time to allocate, to the durable record',
    answerSeconds,
  );
  readonly releaseDuration = this.#histogram(
    'ipam_release_duration_seconds',
    'Time to release, to the durable record',
    answerSeconds,
  );
  readonly storeDuration = this.#histogram(
    'ipam_store_operation_duration_seconds',
    'Time of operations on the store',
    storeSeconds,
    ['operation'],
  );
  readonly #cniDuration = this.#histogram(
    'ipam_cni_call_duration_seconds',
    'Time to answer a CNI ADD or DEL',
    answerSeconds,
    ['verb'],
  );
  readonly #available = this.#gauge(
    'ipam_available_ips',
    'Addresses left in the blocks that this daemon leases for a node, by pool and IP family',
    ['node', 'pool', 'family'],
  );
  readonly #used = this.#gauge(
    'ipam_used_ips',
    'Addresses that this daemon has given to a node, by pool and IP family',
    ['node', 'pool', 'family'],
  );
  readonly #total = this.#gauge(
    'ipam_total_ips',
    'Addresses that Pods can get of the blocks that this daemon leases for a node, by pool and IP family',
    ['node', 'pool', 'family'],
  );
  readonly #blocks = this.#gauge('ipam_blocks_per_node', 'Blocks that this daemon leases for a node, by IP family', [
    'node',
    'family',
  ]);
  readonly #blockUsage = this.#gauge(
    'ipam_block_usage_ratio',
    'Share in use of a block that this daemon leases, 0..1',
    ['node', 'block_cidr'],
  );
  readonly #certificateExpiry = this.#gauge(
    'ipam_certificate_expiry_timestamp_seconds',
    'When the certificate in use expires, Unix time; absent: there is none',
  );
  readonly #connected = this.#gauge(
    'ipam_store_connected',
    '1: the store of the cluster answers; 0: it is unreachable',
  );
  readonly #silence = this.#gauge(
    'ipam_store_silence_seconds',
    'Time since the store of the cluster was last heard; 0: it answers',
  );
  readonly #lost = this.#gauge(
    'ipam_lost_addresses',
    "Addresses in use that are not the node's any more: ipam-cli check says which",
  );
  readonly #findings = this.#gauge(
    'ipam_check_findings',
    'Broken promises that the last check of this daemon found, by what is wrong: ipam-cli check says which',
    ['kind'],
  );
  readonly #checked = this.#gauge('ipam_check_timestamp_seconds', 'When the last check ended, Unix time');
  readonly #malformed = this.#gauge(
    'ipam_malformed_objects',
    'Objects of the store that cannot be used, by kind: ipam-cli check says which and why',
    ['kind'],
  );
  readonly #wentBack = this.#counter(
    'ipam_store_went_back_total',
    'How often this process found that the store had forgotten what it had shown (a restore)',
  );
  readonly #settling = this.#gauge(
    'ipam_store_settling',
    '1: the store went back, and what vanished is held back; 0: settled',
  );
  readonly #outside = this.#gauge(
    'ipam_addresses_outside_blocks',
    'Addresses that Pods of the node have by claims, outside of the blocks that it leases',
    ['node', 'pool', 'family'],
  );
  readonly #attachments = this.#gauge('ipam_attachments', 'Attachments on record');
  readonly #pools = new PoolGauges(this.registry);
  readonly #forecasts = new ForecastGauges(this.registry);

  /** @param version of the program */
  constructor(version: string) {
    addProcessMetrics(this.registry, version);
  }

  cniAnswered(verb: string, outcome: string, seconds: number): void {
    this.cniCalls.inc({ verb, outcome });
    if (timedVerbs.has(verb)) this.#cniDuration.observe({ verb }, seconds);
  }

  /** The exposition text, gauges fresh. */
  async scrape(source: MetricsSource): Promise<{ readonly contentType: string; readonly body: string }> {
    this.#showOwn(await source.own());
    const pools = await source.pools();
    this.#pools.show(pools, pools === undefined ? undefined : await source.census?.());
    this.#forecasts.show(pools === undefined ? [] : (source.forecasts?.() ?? []));
    this.#attachments.set(source.attachments());
    this.#lost.set(source.lost?.() ?? 0);
    this.#showFindings(source.findings?.());
    const { times = 0, isSettling = false } = source.history?.() ?? {};
    this.#wentBack.reset();
    this.#wentBack.inc(times);
    this.#settling.set(isSettling ? 1 : 0);
    for (const [kind, count] of source.malformed?.() ?? []) this.#malformed.set({ kind }, count);
    const connectivity = source.connectivity?.();
    this.#connected.set(connectivity?.unreachableSince === undefined ? 1 : 0);
    // Of a store that is there nothing has to be heard: silence counts from its first failure.
    const silentSince =
      connectivity?.unreachableSince === undefined
        ? undefined
        : (connectivity.heardAt ?? connectivity.unreachableSince);
    this.#silence.set(silentSince === undefined ? 0 : Math.max(0, Date.now() - silentSince) / 1000);
    const expires = source.certificateExpires();
    if (expires === undefined) this.#certificateExpiry.remove();
    else this.#certificateExpiry.set(expires / 1_000);
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  #showFindings(findings: CheckFindings | undefined): void {
    if (findings === undefined) {
      this.#checked.remove();
      return;
    }
    this.#checked.set(findings.at / 1_000);
    for (const [kind, count] of Object.entries(findings.counts)) this.#findings.set({ kind }, count);
  }

  #showOwn({ nodes, outside, blocks }: OwnFigures): void {
    const gauges = [this.#available, this.#used, this.#total, this.#blocks, this.#blockUsage, this.#outside];
    for (const gauge of gauges) gauge.reset();
    for (const { node, pool, family, count } of outside)
      this.#outside.set({ node, pool, family: String(family) }, count);
    for (const figures of nodes) this.#showNode(figures);
    for (const { node, cidr, used, total } of blocks.slice(0, blockSeriesLimit)) {
      this.#blockUsage.set({ node, block_cidr: cidr }, ratio(used, total));
    }
  }

  #showNode({ node, pool, family, blocks, used, total }: NodeFigures): void {
    const labels = { node, pool, family: String(family) };
    this.#used.set(labels, Number(used));
    if (blocks > 0) this.#blocks.inc({ node, family: String(family) }, blocks);
    if (total === undefined) return;
    this.#total.set(labels, Number(total));
    this.#available.set(labels, Number(used < total ? total - used : 0n));
  }

  #counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
  }
}
