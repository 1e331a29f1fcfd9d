import { createServer, type Server as TcpServer } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { enrolStream } from '../api/connections.ts';
import { Guard } from '../api/guard.ts';
import { contract } from '../api/proto.ts';
import { Refusals } from '../api/refusals.ts';
import { TokenBuckets } from '../api/token-bucket.ts';
import { openClient } from './client.ts';

describe('ipam-cli, over TCP without a certificate', () => {
  let tcp: TcpServer | undefined;
  let grpc: Server | undefined;
  afterEach(() => {
    tcp?.close();
    grpc?.forceShutdown();
  });

  /** A daemon that has so many pages of allocations, and lets strangers have two of them a second, ten at once. */
  const serve = async (pages: number): Promise<string> => {
    const clock = () => performance.now();
    const refusals = new Refusals({ audit: undefined, onRefused: () => {}, clock });
    const strangers = new TokenBuckets({ perSecond: 20, burst: 120 }, clock);
    const guard = new Guard({ audit: undefined, refusals, callRate: undefined, strangers, clock });
    grpc = new Server({ interceptors: [guard.interceptor] });
    grpc.addService(contract.IPAM.service, {
      ListAllocations: ({ request }: { request: { continue_token: string } }, answer: (e: null, a: object) => void) => {
        const next = Number(request.continue_token || '0') + 1;
        answer(null, { allocations: [], continue_token: next < pages ? String(next) : '', total: 0 });
      },
    });
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    tcp = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      const caller = { name: '127.0.0.1', role: 'anonymous', via: 'plain', address: '127.0.0.1' } as const;
      enrolStream(
        socket,
        guard.connectionOf(caller, () => socket.destroy()),
      );
      injector.injectConnection(socket);
    });
    await new Promise<void>((resolve) => tcp?.listen(0, '127.0.0.1', resolve));
    const address = tcp.address();
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  };
  const list = async (address: string, timeoutMs: number): Promise<number> => {
    const client = openClient(address, timeoutMs);
    try {
      let pages = 0;
      let token = '';
      do {
        const page = await client.call('ListAllocations', { continue_token: token });
        token = page.continue_token;
        pages += 1;
      } while (token !== '');
      return pages;
    } finally {
      client.close();
    }
  };

  it('waits as the daemon says, and lists more than strangers get at once', async () => {
    // Fourteen are four more than at once: four refusals of one connection, each waited for.
    expect(await list(await serve(14), 30_000)).toBe(14);
  });

  it('says so when it would have to wait longer than --timeout', async () => {
    await expect(list(await serve(14), 300)).rejects.toMatchObject({
      code: 'rate-limited',
      // To raise limits.strangersPerSecond would not help: such calls have a limit of their own.
      advice: expect.stringContaining('on the Unix socket or with a certificate'),
    });
  });
});
