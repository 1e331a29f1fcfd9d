/**
 * An action of which one is enough for all who ask while it has not begun: one runs, and all who come meanwhile share the
 * next. What they get is never older than their question.
 */
export class Coalesced<T> {
  readonly #action: () => Promise<T>;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(action: () => Promise<T>) {
    this.#action = action;
  }

  run(): Promise<T> {
    if (this.#running === undefined) return this.#begin();
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(running: Promise<T>): Promise<T> {
    // How that one ended is for those who asked for it.
    await running.catch(() => {});
    this.#next = undefined;
    return this.#begin();
  }

  #begin(): Promise<T> {
    const action = this.#action();
    this.#running = action;
    const done = (): void => {
      if (this.#running === action) this.#running = undefined;
    };
    action.then(done, done);
    return action;
  }
}
