import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BlockUsage, PoolUsage } from '../ipam/port.ts';
import { usageByFamily } from '../ipam/usage.ts';

/** What the gauges show, asked for at each scrape. */
export interface MetricsSource {
  blocks(): Promise<readonly BlockUsage[]>;
  pools(): Promise<readonly PoolUsage[]>;
  mappings(): number;
  /** Undefined: the store is this machine's own. */
  connectivity?(): { readonly unreachableSince: number | undefined; readonly heardAt: number | undefined } | undefined;
  /** Addresses on record that are not the node's any more. */
  lost?(): number;
  /** Objects of the store that cannot be used, by kind. */
  malformed?(): ReadonlyMap<string, number>;
  /** Of a shared store: how often it was found to have gone back, and whether that is settled. */
  history?(): { readonly times: number; readonly isSettling: boolean };
  /** When the certificate in use expires, milliseconds since 1970; undefined: there is none. */
  certificateExpires(): number | undefined;
}

/** Most blocks shown one by one: a label set costs the scraper memory for ever. */
const blockSeriesLimit = 10_000;

const seconds = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** The metrics of documents 000 and 001, under their names, and the process's own. */
export class Metrics {
  readonly registry = new Registry();
  readonly allocations = this.#counter('ipam_ip_allocations_total', 'Addresses allocated');
  readonly releases = this.#counter('ipam_ip_releases_total', 'Addresses released');
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
    'Time of requests to the Kubernetes API',
    ['verb', 'resource'],
  );
  readonly allocationDuration = this.#histogram(
    'ipam_allocation_duration_seconds',
    'Time to allocate, to the durable record',
  );
  readonly releaseDuration = this.#histogram('ipam_release_duration_seconds', 'Time to release, to the durable record');
  readonly cniDuration = this.#histogram('ipam_cni_call_duration_seconds', 'Time to answer a CNI call', ['verb']);
  readonly storeDuration = this.#histogram('ipam_store_operation_duration_seconds', 'Time of operations on the store', [
    'operation',
  ]);
  readonly #available = this.#gauge(
    'ipam_available_ips',
    'Addresses left in the leased blocks of a node, by IP family',
    ['node', 'family'],
  );
  readonly #used = this.#gauge('ipam_used_ips', 'Addresses in use in the leased blocks of a node, by IP family', [
    'node',
    'family',
  ]);
  readonly #total = this.#gauge(
    'ipam_total_ips',
    'Addresses of the leased blocks of a node that Pods can get, by IP family',
    ['node', 'family'],
  );
  readonly #blocks = this.#gauge('ipam_blocks_per_node', 'Blocks leased to a node, by IP family', ['node', 'family']);
  readonly #blockUsage = this.#gauge('ipam_block_usage_ratio', 'Share of a block in use, 0..1', ['node', 'block_cidr']);
  readonly #subnetUsage = this.#gauge(
    'ipam_subnet_usage_ratio',
    'Share in use of the addresses of a pool that Pods can get, 0..1',
    ['subnet_cidr', 'tor_id'],
  );
  readonly #certificateExpiry = this.#gauge(
    'ipam_certificate_expiry_seconds',
    'When the certificate in use expires, Unix time; 0: none',
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
  readonly #malformed = this.#gauge(
    'ipam_malformed_objects',
    'Objects of the store that cannot be used, by kind: ipam-cli check says which and why',
    ['kind'],
  );
  readonly #wentBack = this.#gauge(
    'ipam_store_went_back',
    'How often this process found that the store had forgotten what it had shown (a restore)',
  );
  readonly #settling = this.#gauge(
    'ipam_store_settling',
    '1: the store went back, and what vanished is held back; 0: settled',
  );
  readonly #mappings = this.#gauge('ipam_store_mappings_total', 'Attachments on record');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The exposition text, gauges fresh. */
  async scrape(source: MetricsSource): Promise<{ readonly contentType: string; readonly body: string }> {
    this.#showBlocks(await source.blocks());
    const pools = await source.pools();
    this.#subnetUsage.reset();
    // Several pools may share a subnet, each with ranges of its own.
    for (const [subnet, members] of Map.groupBy(pools, (pool) => pool.subnet)) {
      const total = members.reduce((sum, pool) => sum + pool.total, 0n);
      const used = members.reduce((sum, pool) => sum + pool.used, 0n);
      this.#subnetUsage.set({ subnet_cidr: subnet, tor_id: '' }, ratio(used, total));
    }
    this.#mappings.set(source.mappings());
    this.#lost.set(source.lost?.() ?? 0);
    const { times = 0, isSettling = false } = source.history?.() ?? {};
    this.#wentBack.set(times);
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
    if (expires !== undefined) this.#certificateExpiry.set(expires / 1_000);
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  #showBlocks(blocks: readonly BlockUsage[]): void {
    for (const gauge of [this.#available, this.#used, this.#total, this.#blocks, this.#blockUsage]) gauge.reset();
    for (const [node, own] of Map.groupBy(blocks, (block) => block.node)) {
      for (const { family, blocks: count, total, used } of usageByFamily(own)) {
        const labels = { node, family: String(family) };
        this.#total.set(labels, Number(total));
        this.#used.set(labels, Number(used));
        this.#available.set(labels, Number(total - used));
        this.#blocks.set(labels, count);
      }
    }
    for (const { node, cidr, used, total } of blocks.slice(0, blockSeriesLimit)) {
      this.#blockUsage.set({ node, block_cidr: cidr }, ratio(used, total));
    }
  }

  #counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: seconds, registers: [this.registry] });
  }
}

function ratio(used: bigint, total: bigint): number {
  return total === 0n ? 0 : Number(used) / Number(total);
}
