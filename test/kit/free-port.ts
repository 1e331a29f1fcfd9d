import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * Below the range that outgoing connections take theirs from, so that a killed member finds its port free again. The
 * next one is free too, and nobody else's: a daemon that is a member has its consensus there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const both = [port, port + 1];
    if (both.some((one) => given.has(one)) || !(await isFree(port)) || !(await isFree(port + 1))) continue;
    for (const one of both) given.add(one);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
