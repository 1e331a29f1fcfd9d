import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpStatus } from '../../test/kit/daemon-process.ts';
import { waitFor } from '../../test/kit/wait.ts';
import { silentLog } from '../telemetry/log.ts';
import { PlainGate } from './gate.ts';
import { HttpServer } from './http-server.ts';
import { Listener } from './listener.ts';
import { scraped } from './scraped.ts';

describe('the listener on a Unix socket', () => {
  let directory = '';
  let path = '';
  let http: HttpServer;
  let listener: Listener;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'berth-listener-'));
    path = join(directory, 'run', 'ipam.sock');
    http = new HttpServer({
      readiness: () => ({ ready: true, reason: '' }),
      metrics: async () => scraped({ contentType: 'text/plain', body: '' }),
    });
    await http.ready();
    listener = new Listener({ gate: new PlainGate(true), http: () => http });
    await listener.listenUnix(path, { log: silentLog, everyMs: 5 });
  });

  afterEach(async () => {
    listener.close();
    await http.stop();
    listener.destroy();
    rmSync(directory, { recursive: true, force: true });
  });

  const served = () =>
    waitFor('an answer', async () => ((await httpStatus(path, '/healthz')) === 200 ? true : undefined));

  it('is found again after somebody removed its file, or the folder, and keeps the connections it has', async () => {
    const connection = connect(path);
    await new Promise((resolve) => connection.once('connect', resolve));
    rmSync(path);
    await served();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    rmSync(join(directory, 'run'), { recursive: true });
    await served();
    const answer = new Promise((resolve) => connection.once('data', (data) => resolve(String(data))));
    connection.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await answer).toContain('200 OK');
    connection.destroy();
  });

  it('leaves the file of another daemon alone, and takes its place when that one is gone', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => socket.destroy()).resume();
      socket.end('HTTP/1.1 418 I am another\r\nContent-Length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => other.listen(`${path}.new`, resolve));
    renameSync(`${path}.new`, path);
    const probes = new Promise<void>((resolve) => {
      let count = 0;
      other.on('connection', () => {
        count += 1;
        if (count === 3) resolve();
      });
    });
    await probes;
    expect(await httpStatus(path, '/healthz')).toBe(418);
    await new Promise((resolve) => other.close(resolve));
    await served();
  });

  it('removes its file when it closes, and does not make it again', async () => {
    listener.close();
    await waitFor('the file to go', () => (existsSync(path) ? undefined : true));
    const second = new Listener({ gate: new PlainGate(true), http: () => http });
    await second.listenUnix(path, { log: silentLog, everyMs: 5 });
    await served();
    second.close();
  });
});
