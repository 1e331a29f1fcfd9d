/** How often something may happen: so many at once, and so many a second in the long run. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds, of the clock that is given. */
  at: number;
}

/** More clients than this at a time are not told apart for long. */
const mostBuckets = 10_000;

/** A token bucket for each key. Keys that did nothing for long are forgotten: their bucket would be full again. */
export class TokenBuckets {
  #rate: Rate | undefined;
  readonly #clock: () => number;
  /** Those used last are the last. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param rate undefined: there is no limit */
  constructor(rate: Rate | undefined, clock: () => number) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Another rate from now on: what somebody has left stays, up to the new burst. */
  setRate(rate: Rate | undefined): void {
    this.#rate = rate;
  }

  get isUnlimited(): boolean {
    return this.#rate === undefined;
  }

  /** Takes tokens, one unless more are named. @returns 0, or after how many milliseconds there will be as many */
  take(key: string, count = 1): number {
    if (this.#rate === undefined) return 0;
    const bucket = this.#bucketOf(key, this.#rate);
    if (bucket.tokens < count) return Math.ceil(((count - bucket.tokens) * 1_000) / this.#rate.perSecond);
    bucket.tokens -= count;
    return 0;
  }

  /**
   * Takes tokens for what has happened already, though there be too few. At most one burst is owed.
   * @returns 0, or after how many milliseconds nothing is owed any more
   */
  charge(key: string, count: number): number {
    if (this.#rate === undefined) return 0;
    const bucket = this.#bucketOf(key, this.#rate);
    bucket.tokens = Math.max(bucket.tokens - count, -this.#rate.burst);
    return this.owes(key);
  }

  /** @returns 0, or after how many milliseconds nothing is owed any more */
  owes(key: string): number {
    return this.take(key, 0);
  }

  /** Gives back a token that was taken for what it should not have cost. */
  give(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined && this.#rate !== undefined) {
      bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + 1);
    }
  }

  /** Has a key wait, whatever it had left. */
  punish(key: string, seconds: number): void {
    this.take(key);
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined && this.#rate !== undefined) bucket.tokens = -this.#rate.perSecond * seconds;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #bucketOf(key: string, { perSecond, burst }: Rate): Bucket {
    const now = this.#clock();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * perSecond) / 1_000);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forget();
    return bucket;
  }

  #forget(): void {
    if (this.#buckets.size <= mostBuckets) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
