import { type Address, parseAddress } from '../../ip/address.ts';
import { readable } from '../../ip/readable.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import { reflect } from '../../store/cache/reflector.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { type SentPod, sentPodSchema } from './sent-pod.ts';

/** A Pod that is on a node, as far as addresses go. */
export interface PlacedPod {
  /** Empty: on none, or it takes no address. */
  readonly node: string;
  readonly addresses: readonly Address[];
  /** While it has no address yet: what it asks for; undefined: it has, or it does not ask. */
  readonly waiting: SentPod | undefined;
}

type PodObject = Stored<Resource> & {
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
  };
};

const nowhere: PlacedPod = { node: '', addresses: [], waiting: undefined };

/** The Pods of all nodes, a moment behind: what they have of their nodes' blocks, and which of them have nothing yet. */
export class PodView {
  /** Told of a node whose Pods or their addresses changed. */
  onChange: (node: string) => void = () => {};
  readonly #pods = new ObjectCache<Resource, PlacedPod>(placedPod, {
    onChange: (before, after) => {
      for (const pod of [before, after]) if (pod !== undefined && pod.node !== '') this.onChange(pod.node);
    },
  });
  readonly #byNode = this.#pods.indexBy(({ node }) => (node === '' ? undefined : node));
  readonly #waiting = this.#pods.indexBy(({ waiting }) => (waiting === undefined ? undefined : ''));

  /** @returns once all were listed; follows until the signal aborts */
  async start(cluster: Store, { log, clock, signal }: { log: Log; clock: Clock; signal: AbortSignal }): Promise<void> {
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    await reflect<Resource>(cluster, 'Pod', this.#pods, { log, signal, pause, retryFirstList: true });
  }

  get ready(): boolean {
    return this.#pods.isListed;
  }

  on(node: string): Iterable<PlacedPod> {
    return this.#byNode.of(node).values();
  }

  /** Those that are sent to a node, and have no address yet, by `namespace/name`. */
  get waiting(): ReadonlyMap<string, PlacedPod> {
    return this.#waiting.of('');
  }
}

function placedPod(object: Stored<Resource>): PlacedPod {
  const { spec = {}, status = {} } = object as PodObject;
  const node = spec.nodeName ?? '';
  const isOver = status.phase === 'Succeeded' || status.phase === 'Failed';
  if (node === '' || isOver || spec.hostNetwork === true) return nowhere;
  const texts = status.podIPs?.map(({ ip }) => ip) ?? [status.podIP];
  const addresses = texts.flatMap((text) => readable(text, parseAddress) ?? []);
  return { node, addresses, waiting: addresses.length > 0 ? undefined : sentPodSchema.safeParse(object).data };
}
