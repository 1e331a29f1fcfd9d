import type { GrpcClient, Method } from './grpc-client.ts';

export interface Load {
  /** Calls a second. */
  readonly rate: number;
  /** How long each took, milliseconds. */
  readonly times: readonly number[];
}

/**
 * Makes so many calls, all of which must be answered.
 * @param parallel how many are in flight on each client
 */
export async function loadOn(
  clients: readonly GrpcClient[],
  count: number,
  parallel: number,
  next: () => readonly [Method, object],
): Promise<Load> {
  const times: number[] = [];
  let made = 0;
  const worker = async (client: GrpcClient): Promise<void> => {
    while (made < count) {
      made += 1;
      const [method, request] = next();
      const start = performance.now();
      await client.call(method, request);
      times.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(clients.flatMap((client) => Array.from({ length: parallel }, () => worker(client))));
  return { rate: count / ((performance.now() - start) / 1000), times };
}
