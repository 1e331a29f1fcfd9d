import type { Allocation } from '../ipam/allocation.ts';
import type { Attachment } from '../ipam/attachment.ts';
import type { Ipam, Readiness } from '../ipam/port.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import type { AllocateRequest } from '../ipam/request.ts';
import type { Log } from '../telemetry/log.ts';
import { currentCaller } from './current-caller.ts';
import type { Metrics } from './metrics.ts';
import { problemOf } from './status.ts';

export interface ObservedIpamParts {
  readonly ipam: Ipam;
  readonly metrics: Metrics;
  /** Where every allocation and refusal leaves a line; undefined when auditing is off. */
  readonly audit: Log | undefined;
  /** Subnet of a pool, for the label `subnet_cidr` (docs/metrics.md). */
  readonly subnetOf: (pool: string) => string;
}

/** Counts, times and audits what goes through, and changes nothing. What comes back is told of by `reportRelease`, whoever asks. */
export class ObservedIpam implements Ipam {
  readonly #parts: ObservedIpamParts;

  constructor(parts: ObservedIpamParts) {
    this.#parts = parts;
  }

  opened(): Promise<void> {
    return this.#parts.ipam.opened();
  }

  async allocate(request: AllocateRequest): Promise<Allocation> {
    const { ipam, metrics } = this.#parts;
    const stop = metrics.allocationDuration.startTimer();
    try {
      await ipam.opened();
      const held = ipam.find(request.attachment);
      const allocation = await ipam.allocate(request);
      if (held !== allocation) this.#allocated(allocation);
      return allocation;
    } catch (error) {
      this.#refused(request, error);
      throw error;
    } finally {
      stop();
    }
  }

  #allocated(allocation: Allocation): void {
    const { metrics, audit, subnetOf } = this.#parts;
    metrics.allocations.inc(allocation.addresses.length);
    for (const { pool } of allocation.addresses) metrics.subnetAllocations.inc({ subnet_cidr: subnetOf(pool) });
    audit?.info({ audit: 'allocate', ...shown(allocation), caller: currentCaller() }, 'allocated');
  }

  #refused({ attachment, pod }: AllocateRequest, error: unknown): void {
    const { metrics, audit } = this.#parts;
    const { code, message } = problemOf(error);
    metrics.allocationErrors.inc({ code });
    audit?.warn({ audit: 'refuse', attachment, pod, code, caller: currentCaller() }, message);
  }

  async release(attachment: Attachment, cause?: ReleaseCause): Promise<Allocation | undefined> {
    const stop = this.#parts.metrics.releaseDuration.startTimer();
    try {
      return await this.#parts.ipam.release(attachment, cause);
    } finally {
      stop();
    }
  }

  settled(attachment: Attachment): Promise<void> {
    return this.#parts.ipam.settled(attachment);
  }

  find(attachment: Attachment): Allocation | undefined {
    return this.#parts.ipam.find(attachment);
  }

  collect(network: string, valid: readonly Omit<Attachment, 'network'>[]): Promise<readonly Allocation[]> {
    return this.#parts.ipam.collect(network, valid);
  }

  readiness(...network: Parameters<Ipam['readiness']>): Readiness {
    return this.#parts.ipam.readiness(...network);
  }
}

function shown({ attachment, pod, node, addresses }: Allocation): object {
  return { attachment, pod, node, addresses: addresses.map(({ address }) => address) };
}
