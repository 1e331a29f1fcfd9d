/** Slots in the order in which their cool-down ends: a ring that doubles when it is full. */
export class CooldownQueue {
  #slots = new Int32Array(16);
  #untils = new Float64Array(16);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(slot: number, until: number): void {
    if (this.#length === this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    let tail = (this.#head + this.#length) & mask;
    // Rests mostly come in the order of their ends; one that does not moves forward to its place.
    for (let left = this.#length; left > 0; left -= 1) {
      const before = (tail - 1) & mask;
      if ((this.#untils[before] as number) <= until) break;
      this.#slots[tail] = this.#slots[before] as number;
      this.#untils[tail] = this.#untils[before] as number;
      tail = before;
    }
    this.#slots[tail] = slot;
    this.#untils[tail] = until;
    this.#length += 1;
  }

  /** Slot at the head. Only when not empty. */
  get slot(): number {
    return this.#slots[this.#head] as number;
  }

  /** When the head's cool-down ends. Only when not empty. */
  get until(): number {
    return this.#untils[this.#head] as number;
  }

  /** When the last cool-down ends. Only when not empty. */
  get last(): number {
    return this.#untils[(this.#head + this.#length - 1) & (this.#untils.length - 1)] as number;
  }

  /** No cool-down ends later than this. @param moved told of each that would have, with the end that it had */
  endBy(latest: number, moved: (slot: number, until: number) => void): void {
    const mask = this.#slots.length - 1;
    for (let left = this.#length; left > 0; left -= 1) {
      const at = (this.#head + left - 1) & mask;
      const until = this.#untils[at] as number;
      if (until <= latest) return;
      this.#untils[at] = latest;
      moved(this.#slots[at] as number, until);
    }
  }

  drop(): void {
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length -= 1;
  }

  #grow(): void {
    const size = this.#slots.length;
    const slots = new Int32Array(size * 2);
    const untils = new Float64Array(size * 2);
    slots.set(this.#slots.subarray(this.#head));
    slots.set(this.#slots.subarray(0, this.#head), size - this.#head);
    untils.set(this.#untils.subarray(this.#head));
    untils.set(this.#untils.subarray(0, this.#head), size - this.#head);
    this.#slots = slots;
    this.#untils = untils;
    this.#head = 0;
  }
}
