import { type Attachment, attachmentKey } from '../ipam/attachment.ts';

/**
 * Attachments whose last call is over without a record, and of which a claim may be there all the same: the store did
 * not say whether it made one, or whether it removed it. Such a claim is garbage as soon as it is seen. Kept in memory
 * only: after a restart, and when it is seen late, its age says so.
 */
export class LooseEnds {
  /** Keys of attachments, the oldest first, with the time of their last call's end, milliseconds since 1970. */
  readonly #ended = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#ended.size === 0;
  }

  note(attachment: Attachment, now: number): void {
    this.tie(attachment);
    this.#ended.set(attachmentKey(attachment), now);
  }

  /** A record stands behind its claims from now on. */
  tie(attachment: Attachment): void {
    this.#ended.delete(attachmentKey(attachment));
  }

  has(attachment: Attachment): boolean {
    return this.#ended.has(attachmentKey(attachment));
  }

  /** Forgets those that were noted before a time. */
  forgetBefore(time: number): void {
    for (const [key, ended] of this.#ended) {
      if (ended >= time) return;
      this.#ended.delete(key);
    }
  }
}
