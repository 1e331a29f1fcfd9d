/** How often each thing happened, by its name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `3 kill leader, 1 cut agent`; the most frequent first. */
  toString(): string {
    const sorted = [...this.#counts].sort((a, b) => b[1] - a[1]);
    return sorted.map(([name, count]) => `${count} ${name}`).join(', ') || 'none';
  }
}
