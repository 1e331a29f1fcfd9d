import { createServer } from 'node:net';
import { waitFor } from '../kit/wait.ts';

/** Runs the action while nobody else of this user's processes runs one; a lock does not outlive its process. */
export async function withLock<T>(action: () => Promise<T>): Promise<T> {
  // A name without a file, which the kernel forgets when the process ends in whatever way.
  const name = `\0berth-test-clusters-${process.getuid?.() ?? 0}`;
  const server = createServer();
  await waitFor(
    'the lock of the test clusters',
    () =>
      new Promise<true | undefined>((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) =>
          error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
        );
        server.listen(name, () => resolve(true));
      }),
    120_000,
  );
  try {
    return await action();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
