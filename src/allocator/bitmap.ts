const bitsPerWord = 32;
const full = 0xffffffff;

/**
 * A set of small integers with summary levels: a bit of a higher level says that the word below it is full,
 * so the next clear bit is found in as many steps as there are levels (four for 2^20), however full it is.
 */
export class Bitmap {
  /** How many bits, 1..2^26. */
  readonly size: number;
  readonly #levels: Uint32Array[];
  #count = 0;

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1 || size > 2 ** 26)
      throw new RangeError(`bitmap size ${size} is not 1..2^26`);
    this.size = size;
    this.#levels = [];
    for (let bits = size; ; ) {
      const words = Math.ceil(bits / bitsPerWord);
      const level = new Uint32Array(words);
      // Bits past the end read as taken, so that no search ever leaves the bitmap.
      const tail = bits % bitsPerWord;
      if (tail !== 0) level[words - 1] = (full << tail) >>> 0;
      this.#levels.push(level);
      if (words === 1) break;
      bits = words;
    }
  }

  /** How many bits are set. */
  get count(): number {
    return this.#count;
  }

  has(bit: number): boolean {
    const leaf = this.#levels[0] as Uint32Array;
    return ((leaf[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  /** @returns false when the bit was set already */
  set(bit: number): boolean {
    if (this.has(bit)) return false;
    this.#count += 1;
    let index = bit;
    for (const level of this.#levels) {
      const word = index >>> 5;
      level[word] = (level[word] as number) | (1 << (index & 31));
      if (level[word] !== full) break;
      index = word;
    }
    return true;
  }

  /** @returns false when the bit was clear already */
  clear(bit: number): boolean {
    if (!this.has(bit)) return false;
    this.#count -= 1;
    let index = bit;
    for (const level of this.#levels) {
      const word = index >>> 5;
      const wasFull = level[word] === full;
      level[word] = (level[word] as number) & ~(1 << (index & 31));
      if (!wasFull) break;
      index = word;
    }
    return true;
  }

  /** The first clear bit at or after `from`; -1 when there is none. */
  nextClear(from: number): number {
    const levels = this.#levels;
    let index = from;
    for (let depth = 0; depth < levels.length; depth += 1) {
      const level = levels[depth] as Uint32Array;
      const word = index >>> 5;
      if (word >= level.length) return -1;
      const clear = ~(level[word] as number) & (full << (index & 31));
      if (clear !== 0) return this.#descend(depth, (word << 5) + lowestBit(clear));
      index = word + 1;
    }
    return -1;
  }

  /** The first set bit at or after `from`; -1 when there is none. Steps through words: for listing, not for allocation. */
  nextSet(from: number): number {
    const leaf = this.#levels[0] as Uint32Array;
    for (let word = from >>> 5; word < leaf.length; word += 1) {
      const mask = word === from >>> 5 ? full << (from & 31) : full;
      const set = (leaf[word] as number) & mask;
      if (set === 0) continue;
      const bit = (word << 5) + lowestBit(set);
      return bit < this.size ? bit : -1;
    }
    return -1;
  }

  /** A larger bitmap with the same bits set. @throws RangeError when this one's size is not a multiple of 32, or `size` is smaller */
  grown(size: number): Bitmap {
    if (this.size % bitsPerWord !== 0 || size < this.size)
      throw new RangeError(`cannot grow from ${this.size} to ${size}`);
    const larger = new Bitmap(size);
    const leaf = larger.#levels[0] as Uint32Array;
    leaf.set(this.#levels[0] as Uint32Array);
    larger.#count = this.#count;
    for (let depth = 1; depth < larger.#levels.length; depth += 1) larger.#summarise(depth);
    return larger;
  }

  /** The set bits as bytes, bit 0 of byte 0 first. */
  snapshot(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.size / 8));
    for (let bit = this.nextSet(0); bit >= 0; bit = this.nextSet(bit + 1)) {
      bytes[bit >>> 3] = (bytes[bit >>> 3] as number) | (1 << (bit & 7));
      if (bit + 1 >= this.size) break;
    }
    return bytes;
  }

  /** @throws RangeError when the snapshot is of a bitmap of another size, or has bits past the end */
  static restore(size: number, snapshot: Uint8Array): Bitmap {
    const bitmap = new Bitmap(size);
    if (snapshot.length !== Math.ceil(size / 8)) {
      throw new RangeError(`a snapshot of ${snapshot.length} bytes is not of a bitmap of ${size} bits`);
    }
    for (const [index, byte] of snapshot.entries()) {
      for (let bit = 0; bit < 8; bit += 1) {
        if ((byte & (1 << bit)) === 0) continue;
        const position = index * 8 + bit;
        if (position >= size) throw new RangeError(`the snapshot has bit ${position}, past the end at ${size}`);
        bitmap.set(position);
      }
    }
    return bitmap;
  }

  #summarise(depth: number): void {
    const below = this.#levels[depth - 1] as Uint32Array;
    const level = this.#levels[depth] as Uint32Array;
    for (const [index, word] of below.entries()) {
      if (word === full) level[index >>> 5] = (level[index >>> 5] as number) | (1 << (index & 31));
    }
  }

  #descend(depth: number, index: number): number {
    let found = index;
    for (let below = depth - 1; below >= 0; below -= 1) {
      const word = (this.#levels[below] as Uint32Array)[found] as number;
      found = (found << 5) + lowestBit(~word);
    }
    return found;
  }
}

/** Position of the lowest set bit of a word that is not zero. */
function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
