import { createServer, type Server } from 'node:net';

/** What says to other processes which ports are spoken for, while this one lives. */
const names: Server[] = [];

/**
 * Below the range that outgoing connections take theirs from, so that a killed member finds its port free again. The
 * next one is free too, and nobody else's: a daemon that is a member has its consensus there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const both = [port, port + 1];
    if ((await speakFor(both)) && (await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

/** Files of tests run side by side, in processes of their own: names without a file, which the kernel forgets with a process. */
async function speakFor(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    const server = createServer().unref();
    if (!(await listens(server, { path: `\0berth-port-${port}` }))) return false;
    names.push(server);
  }
  return true;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  if (!(await listens(server, { port, host: '127.0.0.1' }))) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listens(server: Server, where: { path: string } | { port: number; host: string }): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(where, () => resolve(true));
  });
}
