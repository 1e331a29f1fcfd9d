/**
 * What this process has written of one kind and the watch has not shown yet, by uid: what I have just written I believe
 * until the watch has shown it (the assume cache of Kubernetes' scheduler). It keeps no objects, and decides nothing: it
 * tells its user what an older list or event must not undo.
 */
export class OwnWrites {
  /** Creates that were answered, of objects that no list or event has shown. */
  readonly #unseen = new Set<string>();
  /** Who waits until a create is shown. */
  readonly #waiting = new Map<string, ReturnType<typeof Promise.withResolvers<void>>>();
  /** Deletes whose event is still to come, each with the version that was deleted. */
  readonly #leaving = new Map<string, bigint>();
  /** Deletes whose event has come, the latest last. */
  readonly #gone = new Set<string>();
  /** Creates that the store has not answered, and what came and went meanwhile. */
  #unanswered = 0;
  readonly #passed = new Set<string>();
  readonly #kept: number;

  /** @param kept so many deletes are known after their event, the latest: for who must know what shows up once more */
  constructor(kept = 0) {
    this.#kept = kept;
  }

  /** A create is on its way. */
  asked(): void {
    this.#unanswered += 1;
  }

  /** It has been answered, and what was answered has been looked at. */
  answered(): void {
    this.#unanswered -= 1;
    if (this.#unanswered === 0) this.#passed.clear();
  }

  /** The store has answered a create with this object, and nothing has shown it yet. */
  wrote(uid: string): void {
    this.#unseen.add(uid);
  }

  /** A list has it, or an event said so. */
  shown(uid: string): void {
    this.#unseen.delete(uid);
    this.#wake(uid);
  }

  /** Resolves when it was shown, or dropped: all that was written before it has been shown then. */
  async untilShown(uid: string): Promise<void> {
    if (!this.#unseen.has(uid)) return;
    const waiting = this.#waiting.get(uid) ?? Promise.withResolvers<void>();
    this.#waiting.set(uid, waiting);
    await waiting.promise;
  }

  /** Nobody goes by the object any more, whoever said that it is gone. */
  dropped(uid: string): void {
    this.#unseen.delete(uid);
    this.#wake(uid);
    if (this.#unanswered > 0) this.#passed.add(uid);
  }

  /** It is being deleted here: from now on it is not ours, whatever is shown. @param order of the version that is deleted */
  deleting(uid: string, order: bigint): void {
    this.#gone.delete(uid);
    this.#leaving.set(uid, order);
    const [oldest] = this.#gone;
    if (oldest !== undefined && this.#leaving.size + this.#gone.size > this.#kept) this.#gone.delete(oldest);
  }

  /** The delete was refused: it is there as before. */
  undeleted(uid: string): void {
    this.#leaving.delete(uid);
  }

  /** An event has shown that it is gone. */
  removed(uid: string): void {
    this.#unseen.delete(uid);
    this.#wake(uid);
    if (this.#leaving.delete(uid) && this.#kept > 0) this.#gone.add(uid);
  }

  /** A list has shown that of what is being deleted here only this is there still. */
  listed(present: ReadonlySet<string>): void {
    for (const uid of [...this.#leaving.keys()]) if (!present.has(uid)) this.removed(uid);
  }

  /** The store went back: of what was being deleted no event is to come, and what of it is shown was deleted once. */
  wentBack(): void {
    for (const uid of [...this.#leaving.keys()]) this.removed(uid);
  }

  /** It was deleted in a life of this process that has ended. */
  disowned(uid: string): void {
    this.#leaving.delete(uid);
    this.#gone.add(uid);
  }

  /** Was it made here, and has nothing shown it? What is shown of its place until then is older, and so is a list without it. */
  isUnseen(uid: string): boolean {
    return this.#unseen.has(uid);
  }

  /**
   * Is its delete event still to come? What is shown of it until then is older. A later version than the one that was deleted
   * says that the event was missed: it was made once more, by a create that was carried out late, or written to by a hand.
   */
  isLeaving(uid: string, order: bigint): boolean {
    const deleted = this.#leaving.get(uid);
    if (deleted !== undefined && order > deleted) this.removed(uid);
    return this.#leaving.has(uid);
  }

  /** Has its delete been shown? What is shown of it now was carried out late, or once more. */
  isGone(uid: string): boolean {
    return this.#gone.has(uid);
  }

  /** Did it come and go while its create was unanswered? The answer is older than that. */
  hasPassed(uid: string): boolean {
    return this.#passed.has(uid);
  }

  #wake(uid: string): void {
    this.#waiting.get(uid)?.resolve();
    this.#waiting.delete(uid);
  }
}
