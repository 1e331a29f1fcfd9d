import type { Presences } from '../presences.ts';
import type { EtcdClient } from './client.ts';
import { defaultPrefix } from './etcd-store.ts';
import { Keys } from './keys.ts';
import { Presence } from './presence.ts';

/** A leader that is lost, and an etcd that is started again, are back well before. */
const ttlSeconds = 10;
/** Who asks is scraped, and must not be late for it, milliseconds. */
const speakerMs = 2_000;

export interface EtcdPresencesOptions {
  readonly client: EtcdClient;
  /** As of the store. */
  readonly prefix?: string | undefined;
}

interface Announced {
  readonly node: string;
  readonly endpoint: string;
}

/** Keys bound to leases: whoever is killed or cut off is gone after some seconds without anybody's doing. */
export class EtcdPresences implements Presences {
  readonly #client: EtcdClient;
  readonly #keys: Keys;

  constructor({ client, prefix = defaultPrefix }: EtcdPresencesOptions) {
    this.#client = client;
    this.#keys = new Keys(prefix);
  }

  async announce(node: string, endpoint: () => string, signal: AbortSignal, speaks = false): Promise<void> {
    if (signal.aborted) return;
    // Two that say the same of one node, as when it changes the member that it uses: the later one's lease counts.
    const presence = new Presence({
      client: this.#client,
      key: this.#keys.presence(node),
      also: speaks ? [this.#keys.speaker(node)] : [],
      value: () => Buffer.from(JSON.stringify({ node, endpoint: endpoint() } satisfies Announced)),
      ttlSeconds,
    });
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await presence.end();
  }

  async isPresent(node: string): Promise<boolean> {
    return (await this.#client.range({ key: this.#keys.presence(node), count_only: true })).count !== '0';
  }

  async all(): Promise<ReadonlyMap<string, string>> {
    const { kvs } = await this.#client.range(this.#keys.presences());
    return new Map(kvs.map(({ value }) => announcedBy(value.toString())));
  }

  /** The first by name: no vote is needed, and it costs one key to be read. */
  async isSpeaker(node: string): Promise<boolean> {
    const { kvs } = await this.#client.range({ ...this.#keys.speakers(), limit: 1 }, { deadlineMs: speakerMs });
    return kvs[0]?.key.equals(this.#keys.speaker(node)) ?? false;
  }
}

/** A daemon of an earlier version says its node only. */
function announcedBy(text: string): readonly [node: string, endpoint: string] {
  try {
    const { node, endpoint } = JSON.parse(text) as Partial<Announced>;
    if (typeof node === 'string' && typeof endpoint === 'string') return [node, endpoint];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return [text, ''];
}
