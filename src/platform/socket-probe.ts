import { connect } from 'node:net';

/** What the kernel says of a socket file that no process listens on, or that is not there. */
const unserved: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT']);

/** Does another process listen on this Unix socket? What cannot be found out counts as a yes: the file is left alone. */
export function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    // EAGAIN is a listener whose queue is full (unix(7)); EMFILE says nothing about the other side.
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(!unserved.has(code)));
  });
}
