const headBytes = 8;
/** What a mutated input or a corpus file may have; a longer one is watched by its beginning. */
const inputLimit = 1024 * 1024;

export const slotBytes = headBytes + inputLimit;

/** The input that runs now, in memory that two threads share: its number, its length, its bytes. */
export interface WatchedInput {
  set(input: Uint8Array): void;
  clear(): void;
  /** Grows with each input; 0 while none runs. */
  number(): number;
  bytes(): Uint8Array;
}

export function inputAt(shared: SharedArrayBuffer): WatchedInput {
  const head = new Int32Array(shared, 0, 2);
  const body = new Uint8Array(shared, headBytes);
  let count = 0;
  return {
    set(input) {
      Atomics.store(head, 0, 0);
      const kept = input.subarray(0, inputLimit);
      body.set(kept);
      Atomics.store(head, 1, kept.length);
      count += 1;
      Atomics.store(head, 0, count);
    },
    clear: () => void Atomics.store(head, 0, 0),
    number: () => Atomics.load(head, 0),
    bytes: () => Uint8Array.from(body.subarray(0, Atomics.load(head, 1))),
  };
}
