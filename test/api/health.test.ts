import { fileURLToPath } from 'node:url';
import {
  Client,
  credentials,
  loadPackageDefinition,
  type MethodDefinition,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { run } from '../kit/run.ts';

type Callback = (error: Error | null, answer?: { status: string }) => void;
interface HealthClient {
  check(request: { service: string }, callback: Callback): void;
  close(): void;
}

interface Services {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
}

describe('the standard services of gRPC and HTTP', async () => {
  const [port, httpPort] = [await freePort(), await freePort()];
  const daemon = new DaemonProcess({
    args: ['--grpc-addr', `127.0.0.1:${port}`, '--metrics-addr', `127.0.0.1:${httpPort}`, '--insecure'],
  });
  beforeAll(() => daemon.start());
  afterAll(() => daemon.remove());

  it.each(['', 'ipam.IPAM', 'ipam.Resources'])(
    'health says SERVING for "%s", on the socket and over TCP',
    async (service) => {
      const { grpc } = loadPackageDefinition(loadSync(protoPath, { enums: String })) as unknown as {
        grpc: { health: { v1: { Health: new (address: string, how: unknown) => HealthClient } } };
      };
      for (const address of [`unix:${daemon.socket}`, `127.0.0.1:${port}`]) {
        const client = new grpc.health.v1.Health(address, credentials.createInsecure());
        const answer = await new Promise<{ status: string } | undefined>((resolve, reject) => {
          client.check({ service }, (error, value) => (error === null ? resolve(value) : reject(error)));
        });
        client.close();
        expect(answer).toMatchObject({ status: 'SERVING' });
      }
    },
  );

  it.each(['v1', 'v1alpha'])('reflection %s names the services, and refuses what is no request', async (version) => {
    const file = import.meta.resolve(`@grpc/reflection/build/proto/grpc/reflection/${version}/reflection.proto`);
    const definition = loadSync(fileURLToPath(file))[
      `grpc.reflection.${version}.ServerReflection`
    ] as ServiceDefinition;
    const { path, requestSerialize, responseDeserialize } = definition.ServerReflectionInfo as MethodDefinition<
      object,
      Services
    >;
    const ask = (serialize: (request: object) => Buffer) =>
      new Promise<readonly string[]>((resolve, reject) => {
        const client = new Client(`unix:${daemon.socket}`, credentials.createInsecure());
        const stream = client.makeBidiStreamRequest(path, serialize, responseDeserialize);
        stream.on('data', ({ listServicesResponse }: Services) =>
          resolve((listServicesResponse?.service ?? []).map(({ name }) => name)),
        );
        stream.on('error', reject);
        stream.on('status', () => client.close());
        stream.write({ listServices: '' });
        stream.end();
      });
    await expect(ask(() => Buffer.from([0xff, 0xff, 0xff]))).rejects.toMatchObject({ code: status.INTERNAL });
    expect(await ask(requestSerialize)).toEqual(expect.arrayContaining(['ipam.IPAM', 'ipam.Resources']));
  });

  it('serves ipam-cli over TCP, and health and metrics over HTTP, but no CNI there', async () => {
    expect(await daemon.cli('--daemon', `127.0.0.1:${port}`, 'stats')).toMatchObject({ exit: 0 });
    const base = `http://127.0.0.1:${httpPort}`;
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    expect((await fetch(`${base}/cni`, { method: 'POST' })).status).toBe(404);
    await daemon.cli('allocate', 'node5');
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toMatch(/^ipam_total_ips\{node="node5",pool="cluster-ipv4",family="4"\} 253$/m);
    expect(text).toMatch(/^ipam_block_allocations_total 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  });

  it('has one socket for gRPC, HTTP and CNI', async () => {
    const { exit } = await run('/bin/sh', ['-c', `test -S ${daemon.socket}`]);
    expect(exit).toBe(0);
    expect(await daemon.cli('version')).toMatchObject({ exit: 0 });
  });
});
