import { podSubject } from '../ipam/attachment.ts';
import type { ReleaseCause, Released, ReleaseReason } from '../ipam/reclaim/release-cause.ts';
import type { Log } from '../telemetry/log.ts';
import { currentCaller } from './current-caller.ts';
import type { Metrics } from './metrics.ts';

export interface ReleaseReportsParts {
  readonly metrics: Pick<Metrics, 'releases'>;
  /** Undefined when auditing is off. */
  readonly audit: Log | undefined;
  readonly log: Log;
  /** Whoever writes Events; undefined: nobody. */
  readonly tell?: ((released: Released, cause: ReleaseCause) => void) | undefined;
}

/** What a runtime or a program asks for all day: audited and counted, and not in the log. */
const ordinary: ReadonlySet<ReleaseReason> = new Set<ReleaseReason>(['del', 'call']);

/** Tells by metrics, audit and log of everything that comes back, whoever asked for it, and why. */
export function reportRelease(
  { metrics, audit, log, tell }: ReleaseReportsParts,
  released: Released,
  cause: ReleaseCause,
): void {
  const { attachment, pod, node } = released;
  const { reason, text } = cause;
  const addresses = released.addresses.map(({ address }) => address);
  metrics.releases.inc({ reason }, addresses.length);
  const why = { reason, ...(text === '' ? {} : { text }) };
  const line = { attachment, pod, node, addresses, ...why };
  tell?.(released, cause);
  audit?.info({ audit: 'release', ...line, caller: currentCaller() }, 'released');
  if (ordinary.has(reason)) return;
  const of = pod === undefined ? `container ${attachment.containerId}` : podSubject(pod);
  log.info(line, `released ${addresses.join(', ')} of ${of}: ${reason}`);
}
