/** Claims by something that many of them share; each is known by its `addressKey`. */
export class ClaimIndex {
  readonly #keys = new Map<string, Set<string>>();

  add(by: string, claim: string): void {
    const keys = this.#keys.get(by);
    if (keys === undefined) this.#keys.set(by, new Set([claim]));
    else keys.add(claim);
  }

  delete(by: string, claim: string): void {
    const keys = this.#keys.get(by);
    keys?.delete(claim);
    if (keys?.size === 0) this.#keys.delete(by);
  }

  of(by: string): readonly string[] {
    return [...(this.#keys.get(by) ?? [])];
  }
}
