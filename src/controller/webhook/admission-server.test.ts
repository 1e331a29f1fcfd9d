import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionLimits } from '../../api/connection-limits.ts';
import { Refusals } from '../../api/refusals.ts';
import type { GuardedServer } from '../guarded-server.ts';
import { admissionServer } from './admission-server.ts';
import { newServingPair } from './tls/certificate.ts';

describe('the port of the webhook, for strangers', () => {
  const pair = newServingPair({ hosts: ['127.0.0.1'], now: Date.now(), lifetimeMs: 3_600_000 });
  const mostAtOnce = 16;
  let server: GuardedServer;
  let begun: number;
  let judged: PromiseWithResolvers<void>;
  let port: number;
  let pipelined: string[];
  let open: TLSSocket[];

  beforeEach(async () => {
    [pipelined, open, begun, judged] = [[], [], 0, Promise.withResolvers()];
    const refusals = new Refusals({ audit: undefined, onRefused: () => {}, clock: () => 0 });
    server = admissionServer(
      {
        validate: async () => {
          begun += 1;
          // In one turn of the event loop all have come that were sent.
          if (begun === mostAtOnce) setImmediate(() => judged.resolve());
          await judged.promise;
          return { allowed: true };
        },
        mutate: async () => ({ allowed: true }),
        limits: new ConnectionLimits({ ofOne: 1_000, ofStrangers: 20, ofKnown: 20, strangers: undefined, refusals }),
        onPipelined: (address) => pipelined.push(address),
      },
      pair,
    );
    port = await server.listen('127.0.0.1', 0);
  });
  afterEach(async () => {
    for (const socket of open) socket.destroy();
    await server.stop();
  });

  const connected = async (): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    open.push(socket);
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    return socket;
  };
  const heard = (socket: TLSSocket, text = ''): Promise<string> => {
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
    });
    if (text !== '') socket.write(text);
    return new Promise((resolve) => socket.once('close', () => resolve(answer)));
  };
  const get = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

  it('ends a connection that asks again before it has its answer, and says from where', async () => {
    await heard(await connected(), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20_000));
    expect(pipelined).toEqual(['127.0.0.1']);
  });

  it('ends the oldest connection when there are too many, and lets the next one in', async () => {
    const full = await Promise.all(Array.from({ length: 20 }, connected));
    const ended = Promise.race(full.map((socket) => heard(socket)));
    expect(await heard(await connected(), get)).toContain('404');
    expect(await ended).toBe('');
  });

  it('has an API server that sends many reviews at once wait for its turns', async () => {
    const kind = { group: 'g', version: 'v1', kind: 'Pod' };
    const request = { uid: 'u', kind, operation: 'CONNECT', object: null, oldObject: null };
    const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
    const headers = `Host: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const sockets = await Promise.all(Array.from({ length: mostAtOnce + 4 }, connected));
    const answers = sockets.map((socket) => heard(socket, `POST /validate HTTP/1.1\r\n${headers}\r\n\r\n${body}`));
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200/);
  });
});
