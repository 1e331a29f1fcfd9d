import { randomUUID } from 'node:crypto';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { EtcdClient } from './client.ts';
import type { SessionLease } from './session-lease.ts';
import { isAt, operationsOf, questionsAbout, resultsFrom, resultsOf, type Write, type WriteResult } from './write.ts';

/** How often a session whose key others removed is opened again for one group. */
const reopenLimit = 3;

/**
 * Carries groups of writes out, one group at a time, each exactly once although answers get lost. Each transaction
 * also writes a mark of its own to the session's key, and happens only when that key is as the transaction before left it. So
 * a repeated one finds its own mark when an earlier attempt was carried out, and learns from etcd's history what came of
 * it; and an attempt that was held up somewhere finds the key changed and does nothing, however late it comes.
 */
export class WriteSession {
  readonly #client: EtcdClient;
  readonly #key: Buffer;
  readonly #lease: SessionLease;
  /** Revision of the session's key; undefined: not known. */
  #at: number | undefined;

  /** @param lease that the key is bound to, so that it goes when its client has gone */
  constructor(client: EtcdClient, key: Buffer, lease: SessionLease) {
    this.#client = client;
    this.#key = key;
    this.#lease = lease;
  }

  /**
   * @param writes of distinct objects, in the order of inOrder()
   * @throws IpamError store-unavailable, storage-full: then each may or may not have happened; invalid-argument: too
   *   large; permission-denied
   */
  async carryOut(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const mark = Buffer.from(randomUUID());
    try {
      for (let opened = 0; opened < reopenLimit; opened += 1) {
        const results = await this.#attempt(writes, mark);
        if (results !== undefined) return results;
        this.#at = undefined;
      }
    } catch (error) {
      // Opening it again also ends what may still be under way.
      this.#at = undefined;
      throw error;
    }
    throw new IpamError(
      'store-unavailable',
      'etcd: the place where a client notes its writes is removed again and again',
    );
  }

  /** @returns undefined: surely nothing was done, for the session had expired */
  async #attempt(writes: readonly Write[], mark: Buffer): Promise<readonly WriteResult[] | undefined> {
    const lease = await this.#lease.current();
    try {
      return await this.#send(writes, mark, this.#at ?? (await this.#open(lease)), lease);
    } catch (error) {
      if (!isIpamError(error, 'not-found')) throw error;
      // The lease has ended, which etcd found before it wrote anything.
      this.#lease.ended(lease);
      return undefined;
    }
  }

  async #send(
    writes: readonly Write[],
    mark: Buffer,
    at: number,
    lease: string,
  ): Promise<readonly WriteResult[] | undefined> {
    const request = {
      compare: [isAt(this.#key, at)],
      success: [...operationsOf(writes), { request_put: { key: this.#key, value: mark, lease } }],
      failure: [{ request_range: { key: this.#key } }],
    };
    const { response, lostAttempts } = await this.#client.repeatedTxn(request);
    if (response.succeeded) {
      this.#at = Number(response.header.revision);
      return resultsOf(writes, response.responses, this.#at);
    }
    const found = response.responses[0]?.response_range?.kvs[0];
    if (found?.value.equals(mark)) return this.#ask(writes, Number(found.mod_revision));
    if (lostAttempts === 0) return undefined;
    throw new IpamError('store-unavailable', 'etcd: an answer was lost, and so was the place where it was noted');
  }

  /** What came of a group that was carried out at a revision. */
  async #ask(writes: readonly Write[], revision: number): Promise<readonly WriteResult[]> {
    this.#at = revision;
    try {
      const { response } = await this.#client.repeatedTxn({ success: questionsAbout(writes, revision) });
      return resultsFrom(writes, response.responses, revision);
    } catch (error) {
      if (!isIpamError(error, 'compacted')) throw error;
      throw new IpamError('store-unavailable', 'etcd: an answer was lost, and what came of it is compacted', {
        cause: error,
      });
    }
  }

  async #open(lease: string): Promise<number> {
    const value = Buffer.from('open');
    const { response } = await this.#client.repeatedTxn({
      success: [{ request_put: { key: this.#key, value, lease } }],
    });
    this.#at = Number(response.header.revision);
    return this.#at;
  }
}
