import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BirdSocket } from './bird-control.ts';

const greeting = '0001 BIRD 2.0.12 ready.\n';

describe("the way to BIRD's control socket", () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-bird-'));
  const path = join(directory, 'bird.ctl');
  let server: Server | undefined;

  afterEach(() => void server?.close());
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** @param answer what comes to a line, `''` to the connection itself */
  async function listening(answer: (line: string, socket: Socket) => string): Promise<BirdSocket> {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(answer('', socket));
      socket.setEncoding('utf8').on('data', (line: string) => socket.write(answer(line, socket)));
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(path, resolve);
    await promise;
    return new BirdSocket(path);
  }

  it('has BIRD read its file, and says what came of it', async () => {
    const asked: string[] = [];
    const bird = await listening((line) => {
      asked.push(line);
      return line === '' ? greeting : '0002-Reading configuration from bird.conf\n8002 bird.conf:1:1 syntax error\n';
    });
    expect(await bird.configure()).toEqual({ outcome: 'refused', reason: 'bird.conf:1:1 syntax error' });
    expect(asked).toEqual(['', 'configure\n']);
    expect(await bird.whyAway()).toBe('');
  });

  it.each([
    ['nobody listens', undefined, 'connect ENOENT'],
    ['another program listens', () => 'HTTP/1.1 400 Bad Request\r\n', 'is no reply of BIRD'],
    [
      'it ends before it has answered',
      (line: string, socket: Socket) => {
        if (line !== '') socket.destroy();
        return line === '' ? greeting : '';
      },
      'the connection ended before the answer',
    ],
  ])('says that BIRD does not answer where %s', async (_, answer, why) => {
    const bird = answer === undefined ? new BirdSocket(join(directory, 'none.ctl')) : await listening(answer);
    const configured = await bird.configure();
    expect(configured).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(why) as string });
    expect(configured).toMatchObject({ reason: expect.stringContaining('BIRD does not answer at /') as string });
  });
});
