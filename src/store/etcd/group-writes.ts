import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { EtcdClient } from './client.ts';
import { SessionLease } from './session-lease.ts';
import { inOrder, operationsOf, resultsOf, type Write, type WriteResult } from './write.ts';
import { WriteSession } from './write-session.ts';

/** Transactions under way at the same time; each waits for a sync of its leader, which groups them once more. */
const sessionCount = 4;
/** etcd takes 128 operations a transaction (--max-txn-ops), those of nested ones counted in. */
const mostWrites = 60;
/** A third of what etcd takes by default; a larger object goes alone. Bytes. */
const mostBytes = 512 * 1024;

interface Waiting {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: writes of distinct objects that wait at the same time share a transaction. While all write sessions are busy, what
 * comes forms the next group.
 */
export class GroupWrites {
  readonly #client: EtcdClient;
  readonly #lease: SessionLease;
  readonly #idle: WriteSession[];
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #isClosed = false;

  /** @param sessionKey where the write session of that number makes its notes; nobody else's */
  constructor(client: EtcdClient, sessionKey: (session: number) => Buffer) {
    this.#client = client;
    this.#lease = new SessionLease(client);
    this.#idle = Array.from(
      { length: sessionCount },
      (_, session) => new WriteSession(client, sessionKey(session), this.#lease),
    );
  }

  /** @throws IpamError what WriteSession.carryOut() throws */
  write(write: Write): Promise<WriteResult> {
    if (this.#isClosed) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>();
    this.#waiting.push({ write, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** What waits is refused; what is under way ends with the client. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    try {
      await this.#lease.end();
    } catch (error) {
      // It ends by itself in some minutes.
      if (!isIpamError(error)) throw error;
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#idle.length === 0 || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    // Calls that begin in the same turn of the event loop go together.
    setImmediate(() => {
      this.#isScheduled = false;
      const session = this.#idle.pop();
      if (session === undefined) return;
      const group = this.#takeGroup();
      void this.#carryOut(session, group).finally(() => {
        this.#idle.push(session);
        this.#schedule();
      });
      this.#schedule();
    });
  }

  /** The oldest writes, one for each object. */
  #takeGroup(): readonly Waiting[] {
    const group: Waiting[] = [];
    const left: Waiting[] = [];
    const keys = new Set<string>();
    let bytes = 0;
    for (const one of this.#waiting) {
      const key = one.write.key.toString('latin1');
      const size = one.write.value?.length ?? 0;
      const isFull = group.length === mostWrites || (group.length > 0 && bytes + size > mostBytes);
      if (isFull || keys.has(key)) left.push(one);
      else {
        group.push(one);
        bytes += size;
      }
      keys.add(key);
    }
    this.#waiting = left;
    return group;
  }

  async #carryOut(session: WriteSession, group: readonly Waiting[]): Promise<void> {
    const ordered = inOrder(group.map(({ write }) => write));
    const results = new Map<Write, WriteResult>();
    try {
      const found = await session.carryOut(ordered);
      for (const [index, write] of ordered.entries()) results.set(write, found[index] as WriteResult);
    } catch (error) {
      for (const waiting of group) {
        if (isIpamError(error, 'storage-full') && waiting.write.value === undefined) void this.#removeAlone(waiting);
        else waiting.reject(error);
      }
      return;
    }
    for (const { write, resolve } of group) resolve(results.get(write) as WriteResult);
  }

  /** A full etcd still removes, but takes no note of it: an answer that is lost then stays lost. */
  async #removeAlone({ write, resolve, reject }: Waiting): Promise<void> {
    try {
      const { header, responses } = await this.#client.txn({ success: operationsOf([write]) });
      resolve(resultsOf([write], responses, Number(header.revision))[0] as WriteResult);
    } catch (error) {
      reject(error);
    }
  }
}

function closed(): IpamError {
  return new IpamError('store-unavailable', 'etcd: the store is closed');
}
