import { createHash } from 'node:crypto';
import type { PodRef } from '../../ipam/attachment.ts';
import type { ReleaseCause, Released, ReleaseReason } from '../../ipam/reclaim/release-cause.ts';
import { rejectionLines } from '../../ipam/select/rejection.ts';
import type { Clock } from '../../platform/clock.ts';
import { type ErrorCode, type IpamError, isIpamError } from '../../resources/errors.ts';
import { collectionPath, objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { eventType, newEvent } from '../../store/kubernetes/core.ts';
import type { Log } from '../../telemetry/log.ts';

export interface PodEventsOptions {
  readonly client: KubernetesClient;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Longest message that an API server takes in an Event, characters. */
const messageLimit = 1_024;
/** Pods with a reason of their own that are remembered, so that a repetition counts up instead of adding a line. */
const rememberedLimit = 1_000;

const reasons: Readonly<Partial<Record<ErrorCode, string>>> = {
  'address-conflict': 'IPConflict',
  'gateway-unreachable': 'GatewayUnreachable',
};

interface Told {
  readonly path: string;
  count: number;
  writing: boolean;
}

/** What an Event says beside its message. */
interface Kind {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
}

const putOnRecord: Kind = { type: 'Normal', reason: 'IPSetByHand' };
const reclaimed: Kind = { type: 'Normal', reason: 'IPReclaimed' };

/** What an Event on the Pod says of a release. */
const ofReleases: Readonly<Partial<Record<ReleaseReason, Kind | 'none'>>> = {
  // As every Pod ends: an Event each would double what the API server has to write.
  del: 'none',
  call: 'none',
  // Its own Event tells of it.
  conflict: 'none',
  'add-failed': 'none',
  'by-hand': { type: 'Warning', reason: 'IPReleasedByHand' },
};

/** Events on Pods that get no address, or lose it before their end: `kubectl describe pod` shows why. A courtesy: what cannot be written is only logged. */
export class PodEvents {
  readonly #options: PodEventsOptions;
  readonly #told = new Map<string, Told>();

  constructor(options: PodEventsOptions) {
    this.#options = options;
  }

  refused(pod: PodRef, error: IpamError): void {
    const kind: Kind = { type: 'Warning', reason: eventReason(error) };
    for (const message of eventMessages(error)) this.#telling(pod, message, kind);
  }

  /** An operator gave it addresses. */
  putOnRecord(pod: PodRef, message: string): void {
    this.#telling(pod, cut(message), putOnRecord);
  }

  /** Its addresses came back in another way than at its end. */
  released({ pod, attachment, addresses }: Released, { reason, text }: ReleaseCause): void {
    const kind = ofReleases[reason] ?? reclaimed;
    if (pod === undefined || kind === 'none') return;
    const what = `${addresses.map(({ address }) => address).join(', ')} of ${attachment.ifname} released`;
    this.#telling(pod, cut(`${what} ${reason === 'by-hand' ? 'by hand' : `(${reason})`}: ${text}`), kind);
  }

  #telling(pod: PodRef, message: string, kind: Kind): void {
    void this.#tell(pod, message, kind).catch((failure: unknown) => {
      this.#options.log.warn({ err: failure, pod }, 'could not write an Event on a Pod');
    });
  }

  async #tell(pod: PodRef, message: string, kind: Kind): Promise<void> {
    // The message too: another reason is another Event.
    const key = createHash('sha256')
      .update(`${pod.namespace}/${pod.name}/${pod.uid}/${message}`)
      .digest('hex')
      .slice(0, 16);
    const told = this.#told.get(key) ?? { path: eventPath(pod, key), count: 0, writing: false };
    told.count += 1;
    this.#remember(key, told);
    // A runtime that repeats faster than the server answers adds to the next one's count.
    if (told.writing) return;
    told.writing = true;
    try {
      await this.#write(pod, told, { ...kind, message, key });
    } finally {
      told.writing = false;
    }
  }

  async #write(
    pod: PodRef,
    { path, count }: Told,
    { type, reason, message, key }: Kind & { readonly message: string; readonly key: string },
  ): Promise<void> {
    const { client, node, clock } = this.#options;
    const at = clock.now();
    if (count > 1) {
      try {
        await client.patch(path, { count, lastTimestamp: new Date(at).toISOString() });
        return;
      } catch (error) {
        // Events live for an hour; after that it is told anew.
        if (!isIpamError(error, 'not-found')) throw error;
      }
    }
    const { namespace, name, uid } = pod;
    const event = newEvent({
      namespace,
      name: eventName(pod, key),
      subject: { apiVersion: 'v1', kind: 'Pod', namespace, name, ...(uid === '' ? {} : { uid }) },
      ...{ type, reason, message },
      source: { component: 'ipam-daemon', host: node },
      at,
      count,
    });
    await client.create(collectionPath(eventType, namespace), event);
  }

  #remember(key: string, told: Told): void {
    this.#told.delete(key);
    this.#told.set(key, told);
    const [oldest] = this.#told.keys();
    if (this.#told.size > rememberedLimit && oldest !== undefined) this.#told.delete(oldest);
  }
}

/** Of all but these a Pod got no address. */
export function eventReason({ code }: IpamError): string {
  return reasons[code] ?? 'FailedIPAllocation';
}

/**
 * What went wrong and what to do; when more pools were passed over than a message shows, all of them, each with its reason.
 * @returns texts that fit an Event each
 */
export function eventMessages(error: IpamError): readonly string[] {
  const { message, advice } = error;
  const first = cut(advice === '' ? message : `${message}; ${advice}`);
  const hidden = rejectionLines(error).filter((line) => !first.includes(line.replace(/^pool ("[^"]*"):/, '$1')));
  const texts = [first];
  for (const line of hidden) {
    const last = texts.at(-1) ?? '';
    const joined = `${last}\n${line}`;
    if (texts.length > 1 && joined.length <= messageLimit) texts[texts.length - 1] = joined;
    else texts.push(cut(line));
  }
  return texts;
}

function cut(text: string): string {
  return text.length > messageLimit ? `${text.slice(0, messageLimit - 1)}…` : text;
}

function eventName({ name }: PodRef, key: string): string {
  return `${name.slice(0, 230)}.${key}`;
}

function eventPath(pod: PodRef, key: string): string {
  return objectPath(eventType, { namespace: pod.namespace, name: eventName(pod, key) });
}
