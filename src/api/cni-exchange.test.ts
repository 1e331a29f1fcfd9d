import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CniHandler } from '../cni/handler.ts';
import { cniContentType, encodeCall } from '../cni/wire.ts';
import { answerCni, cniBody } from './cni-exchange.ts';

const body = encodeCall({
  program: 'x',
  environment: new Map(),
  stdin: Buffer.from('{}'),
  execution: { id: 'x1', interface: 'absent' },
  canRead: false,
  ran: undefined,
});

function request(length: number | string, more = ''): Buffer {
  const head = `POST /cni HTTP/1.1\r\nHost: ipam\r\nConnection: close\r\nContent-Type: ${cniContentType}\r\nContent-Length: ${length}\r\n${more}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

describe('the call of the compiled executable', () => {
  it('is known once it is whole, at whatever byte it was cut', () => {
    const whole = request(body.length);
    for (let cut = 1; cut < whole.length; cut += 1) expect(cniBody(whole.subarray(0, cut))).toBe('incomplete');
    expect(cniBody(whole)).toEqual(body);
  });

  it.each([
    ['another header', request(body.length, 'Expect: 100-continue\r\n')],
    ['more than it announced', request(body.length - 1)],
    ['a body that is large', request(100_000)],
    ['no length', request('')],
    ['another path', Buffer.from('POST /cnx HTTP/1.1\r\n')],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['one byte of something else', Buffer.from('G')],
    ['a head without an end', Buffer.concat([request(1).subarray(0, 100), Buffer.alloc(100, 'x')])],
  ])('is not what says %s', (_, received) => {
    expect(cniBody(received)).toBe('other');
  });
});

describe('the answer to the compiled executable', () => {
  let server: Server | undefined;

  afterEach(() => server?.close());

  async function answer(handle: CniHandler, sent = body): Promise<string> {
    const path = join(tmpdir(), `berth-exchange-${process.pid}-${Math.random()}`);
    server = createServer((socket) => void answerCni(socket, sent, handle));
    await new Promise<void>((resolve) => server?.listen(path, resolve));
    const pieces: Buffer[] = [];
    for await (const piece of connect(path)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  }

  it('says its length in bytes and ends the connection', async () => {
    const text = await answer(async () => ({ type: 'print', exit: 7, stdout: 'ü\n' }));
    expect(text.split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      'berth-exit: 7',
      'content-type: application/octet-stream',
      'connection: close',
      'content-length: 3',
      '',
      'ü\n',
    ]);
  });

  it('is 400 for a call that cannot be read', async () => {
    const text = await answer(async () => ({ type: 'print', exit: 0, stdout: '' }), Buffer.from('nonsense'));
    expect(text).toContain('HTTP/1.1 400 ');
    expect(text).toContain('malformed CNI call');
  });

  it('is 500 when no header can say what it needs, and nothing else gets in', async () => {
    const program = 'x\r\nberth-exit: 0';
    const text = await answer(async () => ({ type: 'run', program, command: 'ADD', step: 's', stdin: '' }));
    expect(text).toContain('HTTP/1.1 500 ');
    expect(text).not.toContain('\r\nberth-exit');
  });
});
