import { isIpamError } from '../../resources/errors.ts';
import type { EtcdClient } from './client.ts';

/** Seconds: longer than any write can be under way, so that what is left of a dead client does not go too early. */
const ttlSeconds = 600;
/** An etcd that is unreachable does not hold up a program that stops, milliseconds. */
const partingMs = 1_000;
const renewAfterMs = (ttlSeconds * 1000) / 3;

/** A lease for what a client keeps in etcd for itself, granted when first needed and renewed only in use. */
export class SessionLease {
  readonly #client: EtcdClient;
  #id: string | undefined;
  #renewedAt = 0;
  #renewing: Promise<string> | undefined;

  constructor(client: EtcdClient) {
    this.#client = client;
  }

  /** @throws IpamError store-unavailable */
  async current(): Promise<string> {
    if (this.#id !== undefined && Date.now() < this.#renewedAt + renewAfterMs) return this.#id;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** etcd does not know it any more. */
  ended(id: string): void {
    if (this.#id === id) this.#id = undefined;
  }

  /** What is bound to it goes. */
  async end(): Promise<void> {
    const id = this.#id;
    if (id === undefined) return;
    this.#id = undefined;
    await this.#client.revokeLease(id, { deadlineMs: partingMs });
  }

  async #renew(): Promise<string> {
    const id = this.#id;
    const isKept = id !== undefined && (await this.#keepAlive(id));
    const current = isKept ? id : await this.#client.grantLease(ttlSeconds);
    this.#id = current;
    this.#renewedAt = Date.now();
    return current;
  }

  async #keepAlive(id: string): Promise<boolean> {
    try {
      return (await this.#client.keepLeaseAlive(id)) > 0;
    } catch (error) {
      // A new one costs a call and leaves the old one to end by itself.
      if (isIpamError(error, 'store-unavailable')) return false;
      throw error;
    }
  }
}
