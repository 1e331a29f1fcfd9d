import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import { objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { leaseType } from '../../store/kubernetes/core.ts';

interface Lease {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly renewTime?: string | null;
  };
}

export interface LeasePlace {
  readonly namespace: string;
  readonly name: string;
}

/** Says, for who waits for a controller's work, whether one leads: by the lease that its replicas compete for. */
export class ControllerLease {
  readonly #client: Pick<KubernetesClient, 'get'>;
  readonly #place: LeasePlace;
  readonly #clock: Clock;

  constructor(client: Pick<KubernetesClient, 'get'>, place: LeasePlace, clock: Clock) {
    this.#client = client;
    this.#place = place;
    this.#clock = clock;
  }

  /** A sentence. What cannot be asked is no reason to fail for. */
  async state(): Promise<string> {
    try {
      const { namespace, name } = this.#place;
      const lease = await this.#client.get<Lease>(objectPath(leaseType, this.#place));
      return leaseText(lease, `${namespace}/${name}`, this.#clock.now());
    } catch (error) {
      if (!isIpamError(error)) throw error;
      return `whether one leads is not known (${error.message})`;
    }
  }
}

/** @param now by this machine's clock, milliseconds since 1970; that of the leader may differ */
export function leaseText(lease: Lease | undefined, title: string, now: number): string {
  if (lease === undefined) return `none has ever led (there is no Lease ${title})`;
  const { holderIdentity, leaseDurationSeconds, renewTime } = lease.spec ?? {};
  const renewed = Date.parse(renewTime ?? '');
  const ago = Number.isNaN(renewed) ? undefined : Math.max(0, Math.round((now - renewed) / 1000));
  const since = ago === undefined ? '' : ` for ${ago} s`;
  if (!holderIdentity) return `none leads${since} (Lease ${title} has no holder)`;
  if (ago === undefined || ago > (leaseDurationSeconds ?? 0)) {
    return `none leads: ${holderIdentity} has not renewed Lease ${title}${since}`;
  }
  return `${holderIdentity} leads`;
}
