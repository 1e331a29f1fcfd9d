import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../test/kit/wait.ts';
import { PlainGate } from './gate.ts';
import { HttpServer } from './http-server.ts';
import { Listener } from './listener.ts';
import { Refusals } from './refusals.ts';

const megabyte = 1024 * 1024;

describe('the HTTP server, for strangers', () => {
  const refused: string[] = [];
  const body = Buffer.alloc(4 * megabyte, 'x');
  let rendered = 0;
  let http: HttpServer;
  let listener: Listener;

  beforeEach(async () => {
    refused.length = 0;
    rendered = 0;
    http = new HttpServer({
      readiness: () => ({ ready: true, reason: '' }),
      metrics: async () => {
        rendered += 1;
        return { for: () => ({ contentType: 'text/plain', body, gzipped: async () => gzipSync(body) }) };
      },
      refusals: new Refusals({ audit: undefined, onRefused: (reason) => refused.push(reason), clock: () => 0 }),
    });
    await http.ready();
    listener = new Listener({ gate: new PlainGate(false), http: () => http });
    await listener.listenTcp('127.0.0.1:0');
  });
  afterEach(async () => {
    listener.close();
    listener.destroy();
    await http.stop();
  });

  const open = async (): Promise<Socket> => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  const heard = (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    return new Promise((resolve) => socket.once('close', () => resolve(text)));
  };

  it('answers one request of a connection, and ends it', async () => {
    const socket = await open();
    const answer = heard(socket);
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n');
    const text = await answer;
    expect(text).toContain('200 OK');
    expect(text.toLowerCase()).toContain('connection: close');
  });

  it('ends a connection that asks again before it has its answer, and makes no second one', async () => {
    const socket = await open();
    socket.pause();
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20_000));
    await waitFor('the connection to be refused', () => (refused.includes('pipelined') ? true : undefined));
    expect(rendered).toBeLessThanOrEqual(1);
    socket.destroy();
  });

  it('keeps one copy of an answer, however many do not read it', async () => {
    const sockets = await Promise.all(Array.from({ length: 90 }, open));
    const before = process.memoryUsage().arrayBuffers;
    for (const socket of sockets) {
      socket.pause();
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    await waitFor('all to be answered', () => (rendered === sockets.length ? true : undefined));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * megabyte);
    for (const socket of sockets) socket.destroy();
  });

  it('compresses a scrape for who asks for it, and only then', async () => {
    const ask = async (accepted: string) => {
      const response = await fetch(`http://127.0.0.1:${listener.port}/metrics`, {
        headers: { 'accept-encoding': accepted },
      });
      const { headers } = response;
      const length = Number(headers.get('content-length'));
      const isWhole = body.equals(Buffer.from(await response.arrayBuffer()));
      return { coding: headers.get('content-encoding'), vary: headers.get('vary'), isSmall: length < 100_000, isWhole };
    };
    expect(await ask('gzip')).toEqual({
      coding: 'gzip',
      vary: 'accept, accept-encoding',
      isSmall: true,
      isWhole: true,
    });
    expect(await ask('identity')).toEqual({
      coding: null,
      vary: 'accept, accept-encoding',
      isSmall: false,
      isWhole: true,
    });
  });

  it('reads no body', async () => {
    const socket = await open();
    const answer = heard(socket);
    socket.write(`POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: ${100 * megabyte}\r\n\r\n`);
    socket.write(Buffer.alloc(8 * megabyte));
    expect(await answer).toMatch(/^(HTTP\/1\.1 4|$)/);
  });
});
