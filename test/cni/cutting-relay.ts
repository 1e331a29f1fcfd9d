import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface CuttingRelay {
  readonly path: string;
  readonly answers: readonly ('kept back' | 'passed on')[];
  close(): Promise<void>;
}

/**
 * Stands before a daemon's socket, and keeps the first answer back: who asked has a broken connection, and the daemon has
 * done what it was asked.
 * @param between what happens before the connection breaks
 */
export async function cuttingRelay(path: string, socket: string, between: () => Promise<void>): Promise<CuttingRelay> {
  const answers: ('kept back' | 'passed on')[] = [];
  const pass = async (client: Socket): Promise<void> => {
    const daemon = createConnection(socket);
    client.on('error', () => daemon.destroy());
    client.pipe(daemon, { end: false });
    const answer = await buffer(daemon);
    const isFirst = answers.length === 0;
    answers.push(isFirst ? 'kept back' : 'passed on');
    if (isFirst) await between();
    if (isFirst) client.destroy();
    else client.end(answer);
  };
  const server = createServer((client) => void pass(client).catch(() => client.destroy()));
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o666);
  return {
    path,
    answers,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
