import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type CniResult, cni } from '../kit/cni.ts';
import { root } from '../kit/paths.ts';

/** As long as the executable waits for its daemon, and how often the daemons below do a little. */
const timeoutMs = 400;
const dripMs = 20;
/** Never reached by an executable that has a deadline. */
const hungMs = 30_000;

/** Daemons that are never quite silent. */
const daemons = [
  { daemon: 'answers a byte at a time', serve: drip(`HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n`, 'x') },
  { daemon: 'answers headers without end', serve: drip('HTTP/1.1 200 OK\r\n', 'x: y\r\n') },
  { daemon: 'asks for programs a byte at a time', serve: drip('', 'HTTP/1.1 200 OK\r\nberth-run: true\r\n') },
  { daemon: 'reads the call a little at a time', serve: sip },
  { daemon: 'says nothing', serve: () => {} },
] as const;

describe.each([
  { executable: 'the native executable', program: 'ipam-plugin', script: undefined },
  { executable: 'the executable on Node.js', program: process.execPath, script: join(root, 'src/main/cni-plugin.ts') },
])('$executable', ({ program, script }) => {
  let directory = '';
  let server: Server | undefined;
  const open = new Set<Socket>();

  afterEach(() => {
    for (const socket of open) socket.destroy();
    server?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(daemons)('gives a daemon that $daemon no longer than one that is away', async ({ serve }) => {
    directory = mkdtempSync(join(tmpdir(), 'berth-deadline-'));
    const socket = join(directory, 'sock');
    server = createServer((connection) => {
      open.add(connection);
      connection.on('error', () => {});
      serve(connection);
    });
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    // Large, so that it does not fit the socket's buffer.
    const network = {
      cniVersion: '1.0.0',
      name: 'n',
      type: 'ptp',
      ipam: { type: 'ipam-plugin', daemonSocket: socket },
      padding: 'p'.repeat(3_000_000),
    };
    const parameters = {
      command: 'ADD',
      containerId: 'a',
      netns: '/n',
      env: { BERTH_CNI_TIMEOUT_MS: String(timeoutMs) },
    };
    const call = cni(program, network, { ...parameters, ...(script === undefined ? {} : { script }) });
    const hung = pause(hungMs, 'hung' as const, { ref: false });
    const end: CniResult | 'hung' = await Promise.race([call, hung]);
    expect(end).toMatchObject({ exit: 1, json: { code: 11, msg: expect.stringContaining('does not answer') } });
  });
});

/** Takes the whole call, says the beginning, and then a piece at a time for ever. */
function drip(beginning: string, piece: string): (socket: Socket) => void {
  return (socket) => {
    socket.resume();
    socket.write(beginning);
    const timer = setInterval(() => socket.write(piece), dripMs);
    socket.on('close', () => clearInterval(timer));
  };
}

function sip(socket: Socket): void {
  const timer = setInterval(() => void socket.read(1_000), dripMs);
  socket.on('close', () => clearInterval(timer));
}
