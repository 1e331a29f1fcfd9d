import { IpamError } from '../resources/errors.ts';

/** Events that a reader may fall behind by, before it is cut off rather than allowed to fill the memory. */
const backlogLimit = 65_536;

/** Hands every event to every reader there is. */
export class EventFeed<Event> {
  readonly #readers = new Set<(event: Event) => void>();

  publish(event: Event): void {
    for (const read of this.#readers) read(event);
  }

  /** Events from the call on, until the signal aborts. @throws IpamError not-ready when the reader is too slow */
  follow(signal: AbortSignal): AsyncIterable<Event> {
    const backlog: Event[] = [];
    let overflowed = false;
    let wake: () => void = () => {};
    const read = (event: Event): void => {
      if (backlog.length >= backlogLimit) overflowed = true;
      else backlog.push(event);
      wake();
    };
    const abort = (): void => wake();
    this.#readers.add(read);
    signal.addEventListener('abort', abort);
    const readers = this.#readers;
    return (async function* () {
      try {
        while (!signal.aborted) {
          yield* backlog.splice(0);
          if (overflowed)
            throw new IpamError('not-ready', `the reader fell ${backlogLimit} events behind`, {
              advice: 'list again, then watch',
            });
          if (backlog.length > 0 || signal.aborted) continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        readers.delete(read);
        signal.removeEventListener('abort', abort);
      }
    })();
  }
}
