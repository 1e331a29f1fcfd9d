import { setTimeout as pause } from 'node:timers/promises';
import { isIpamError } from '../../resources/errors.ts';
import type { EtcdClient } from './client.ts';

export interface PresenceOptions {
  readonly client: EtcdClient;
  /** Who watches this key sees that we are there; it goes when we have been silent for the time of the lease. */
  readonly key: Buffer;
  /** Further keys that come and go with it. */
  readonly also?: readonly Buffer[];
  /** Asked again for each lease. */
  readonly value: () => Buffer;
  /** Seconds without a sign of life after which we count as gone, at least 2. */
  readonly ttlSeconds: number;
  /** Told whenever others begin to see us, and whenever they may no longer do. */
  readonly onChange?: (isSeen: boolean, why: string) => void;
}

/** An etcd that is unreachable does not hold up a program that stops, milliseconds. */
const partingMs = 1_000;

/** Says to others that we are there: a key bound to a lease that is kept alive, and made anew after it has ended. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #lease: string | undefined;
  #aliveUntil = 0;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Do others see us? Said from our own clock: after a time without an answer it is no. */
  get isSeen(): boolean {
    return this.#lease !== undefined && performance.now() < this.#aliveUntil;
  }

  /** Others see at once that we are gone, or when the lease ends if etcd is unreachable. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease === undefined) return;
    try {
      await this.#options.client.revokeLease(lease, { deadlineMs: partingMs });
    } catch (error) {
      if (!isIpamError(error)) throw error;
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const everyMs = (this.#options.ttlSeconds * 1000) / 4;
    while (!signal.aborted && !this.#options.client.closing.aborted) {
      try {
        await this.#breathe();
      } catch (error) {
        if (!isIpamError(error)) throw error;
        if (!this.isSeen) this.#lost(error.message);
      }
      await pause(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  async #breathe(): Promise<void> {
    const { client, key, also = [], value, ttlSeconds, onChange } = this.#options;
    const begin = performance.now();
    if (this.#lease !== undefined) {
      const left = await client.keepLeaseAlive(this.#lease);
      if (left > 0) {
        this.#aliveUntil = begin + left * 1000;
        return;
      }
      this.#lost('the lease has ended');
    }
    const lease = await client.grantLease(ttlSeconds);
    const said = value();
    const puts = [key, ...also].map((one) => ({ request_put: { key: one, value: said, lease } }));
    await client.repeatedTxn({ success: puts });
    this.#lease = lease;
    this.#aliveUntil = begin + ttlSeconds * 1000;
    onChange?.(true, 'announced');
  }

  #lost(why: string): void {
    if (this.#lease === undefined) return;
    this.#lease = undefined;
    this.#options.onChange?.(false, why);
  }
}
