import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { CiliumNode } from '../../cilium/cilium-node.ts';
import { availableIn } from '../../cilium/node-plan.ts';
import type { Family } from '../../ip/address.ts';
import { addProcessMetrics } from '../../telemetry/process-metrics.ts';

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of cilium-ipam-controller, and the process's own. */
export class CiliumMetrics {
  readonly #registry = new Registry();
  readonly apiRequests: Counter<'verb' | 'resource' | 'code'>;
  readonly refused: Counter<'reason'>;
  readonly #reconciles: Counter<'kind' | 'outcome'>;
  readonly #duration: Histogram<'kind'>;
  readonly #available: Gauge<'node' | 'family'>;
  readonly #leader: Gauge;

  /** @param version of the program */
  constructor(version: string) {
    const registers = [this.#registry];
    addProcessMetrics(this.#registry, version);
    this.#available = new Gauge({
      name: 'cilium_ipam_available_ips',
      help: 'Addresses in the pool of a CiliumNode that any Pod may be given',
      labelNames: ['node', 'family'],
      registers,
    });
    this.#leader = new Gauge({ name: 'leader_election_status', help: '1 while this replica leads', registers });
    this.#reconciles = new Counter({
      name: 'ipam_controller_reconciles_total',
      help: 'Looks at one node, Pod, record or endpoint, by how they ended',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'ipam_controller_reconcile_duration_seconds',
      help: 'Time of one look',
      labelNames: ['kind'],
      buckets: seconds,
      registers,
    });
    this.apiRequests = new Counter({
      name: 'ipam_api_requests_total',
      help: 'Requests to the Kubernetes API, every attempt',
      labelNames: ['verb', 'resource', 'code'],
      registers,
    });
    this.refused = new Counter({
      name: 'ipam_calls_refused_total',
      help: 'Requests and connections refused, by reason',
      labelNames: ['reason'],
      registers,
    });
  }

  setLeader(isLeader: boolean): void {
    this.#leader.set(isLeader ? 1 : 0);
  }

  reconciled(kind: string, outcome: string, duration: number): void {
    this.#reconciles.inc({ kind, outcome });
    this.#duration.observe({ kind }, duration);
  }

  /** The exposition text, gauges fresh. Every replica knows the pools, and says the same. */
  async scrape(
    nodes: Iterable<CiliumNode>,
    families: readonly Family[],
  ): Promise<{ readonly contentType: string; readonly body: string }> {
    this.#available.reset();
    for (const node of nodes) {
      for (const family of families) {
        this.#available.set({ node: node.name, family: `ipv${family}` }, availableIn(node, family));
      }
    }
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
