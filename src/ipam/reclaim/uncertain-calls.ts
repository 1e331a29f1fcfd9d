import { type Attachment, attachmentKey } from '../attachment.ts';

/**
 * Attachments of calls that are over and of which a claim may be there without a record: the store did not say whether
 * it made one, or whether it deleted it. Kept in memory only: after a restart, the age of such a claim tells.
 */
export class UncertainCalls {
  /** By the attachment's key, the oldest first; `ended`: milliseconds, of the clock that `note` is told. */
  readonly #calls = new Map<string, { readonly attachment: Attachment; readonly ended: number }>();

  note(attachment: Attachment, ended: number): void {
    const key = attachmentKey(attachment);
    this.#calls.delete(key);
    this.#calls.set(key, { attachment, ended });
  }

  all(): readonly Attachment[] {
    return [...this.#calls.values()].map(({ attachment }) => attachment);
  }

  /** Forgets those that were noted before a time. */
  forgetBefore(time: number): void {
    for (const [key, { ended }] of this.#calls) {
      if (ended >= time) return;
      this.#calls.delete(key);
    }
  }
}
