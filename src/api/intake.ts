import { type Rate, TokenBuckets } from './token-bucket.ts';

/**
 * What one may send over TCP, bytes. To decrypt and to put together what is refused afterwards costs nearly as much as to take
 * it: three megabytes are some ten milliseconds. An agent's claims are 600 bytes each, a stranger's questions fewer.
 */
const ofOneClient: Rate = { perSecond: 2 * 1024 * 1024, burst: 16 * 1024 * 1024 };
const ofOneSource: Rate = { perSecond: 256 * 1024, burst: 8 * 1024 * 1024 };

/** How far a connection has been read. */
interface Read {
  /** Bytes, since it was opened. */
  readonly bytesRead: number;
}

interface Sender {
  readonly client: string;
  readonly buckets: TokenBuckets;
  /** Bytes of it that were charged. */
  charged: number;
}

/** How much those send who are not trusted with everything, over all their connections. */
export class Intake<T extends Read> {
  readonly #known: TokenBuckets;
  readonly #strangers: TokenBuckets;
  readonly #senders = new Map<T, Sender>();

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.#known = new TokenBuckets(ofOneClient, clock);
    this.#strangers = new TokenBuckets(ofOneSource, clock);
  }

  /** Counts what a source sends that shows no certificate. @returns whether it may: it owes nothing */
  ofStranger(connection: T, source: string): boolean {
    return this.#begin(connection, source, this.#strangers);
  }

  /** From now on what it sends is of a client who has shown a certificate. @returns whether it may: he owes nothing */
  ofKnown(connection: T, client: string): boolean {
    return this.#begin(connection, client, this.#known);
  }

  /** Nobody counts any more: it has ended, or its client is trusted. */
  end(connection: T): void {
    this.#charge(connection);
    this.#senders.delete(connection);
  }

  /** Charges what has come meanwhile. @returns connections of those that have sent too much */
  sweep(): readonly T[] {
    return [...this.#senders.keys()].filter((connection) => this.#charge(connection) > 0);
  }

  #begin(connection: T, client: string, buckets: TokenBuckets): boolean {
    this.#senders.set(connection, { client, buckets, charged: connection.bytesRead });
    return buckets.owes(client) === 0;
  }

  /** @returns after how many milliseconds its client owes nothing any more */
  #charge(connection: T): number {
    const sender = this.#senders.get(connection);
    if (sender === undefined) return 0;
    const { client, buckets, charged } = sender;
    sender.charged = connection.bytesRead;
    return buckets.charge(client, sender.charged - charged);
  }
}
