/** Resolves when the promise does or the signal aborts, and leaves nothing behind at the signal: it outlives thousands of promises. */
export async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: either, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  if (signal.aborted) return;
  signal.addEventListener('abort', end, { once: true });
  promise.then(end, end);
  await either;
  signal.removeEventListener('abort', end);
}
