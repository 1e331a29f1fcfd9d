import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess, httpStatus } from '../kit/daemon-process.ts';
import { needsRoot } from '../kit/privilege.ts';
import { run } from '../kit/run.ts';
import { SmallDisk } from '../kit/small-disk.ts';
import { waitFor } from '../kit/wait.ts';

interface HealthClient {
  check(request: { service: string }, callback: (error: Error | null, answer?: { status: string }) => void): void;
  close(): void;
}

/** Longer than a daemon waits between two looks at its disk. */
const lookMs = 60_000;

describe('ipam-daemon whose disk fails', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-fault-'));
  const library = join(directory, 'failing-disk.so');
  const fault = join(directory, 'fault');
  let cannotFail = '';
  const ended: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const source = new URL('../kit/failing-disk.c', import.meta.url).pathname;
    const { exit, stderr } = await run('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl']).catch(
      (error: Error) => ({ exit: 1, stderr: error.message }),
    );
    cannotFail = exit === 0 ? '' : `no compiler for test/kit/failing-disk.c: ${stderr}`;
  });
  afterEach(async () => {
    rmSync(fault, { force: true });
    for (const end of ended.splice(0)) await end();
  });

  async function started(options: ConstructorParameters<typeof DaemonProcess>[0] = {}): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(options);
    ended.push(() => daemon.remove());
    await daemon.start();
    return daemon;
  }

  const failing = () => started({ env: { LD_PRELOAD: library, BERTH_DISK_FAULT: fault } });
  const call = (daemon: DaemonProcess, command: string, containerId?: string) =>
    cni(
      'ipam-plugin',
      { cniVersion: '1.1.0', name: 'net', type: 'ptp', ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket } },
      { command, ...(containerId === undefined ? {} : { containerId, netns: '/var/run/netns/none' }) },
    );
  const add = (daemon: DaemonProcess, containerId: string) => call(daemon, 'ADD', containerId);

  async function grpcHealth(daemon: DaemonProcess): Promise<string | undefined> {
    const { grpc } = loadPackageDefinition(loadSync(protoPath, { enums: String })) as unknown as {
      grpc: { health: { v1: { Health: new (address: string, how: unknown) => HealthClient } } };
    };
    const client = new grpc.health.v1.Health(`unix:${daemon.socket}`, credentials.createInsecure());
    const answer = await new Promise<{ status: string } | undefined>((resolve, reject) => {
      client.check({ service: 'ipam.IPAM' }, (error, value) => (error === null ? resolve(value) : reject(error)));
    });
    client.close();
    return answer?.status;
  }

  /** What everybody who asks is told, at once. */
  async function health(daemon: DaemonProcess): Promise<object> {
    const at = (path: string) => httpStatus(daemon.socket, path);
    const { exit, json } = await call(daemon, 'STATUS');
    return {
      ...{ readyz: await at('/readyz'), healthz: await at('/healthz'), livez: await at('/livez') },
      ...{ status: exit === 0 ? 0 : json.code, grpc: await grpcHealth(daemon) },
    };
  }

  const well = { readyz: 200, healthz: 200, livez: 200, status: 0, grpc: 'SERVING' };
  /** A restart would be no better, so it is alive. */
  const ill = { readyz: 503, healthz: 503, livez: 200, status: 50, grpc: 'NOT_SERVING' };
  const becomes = (daemon: DaemonProcess, expected: object) =>
    waitFor(
      `health to be ${JSON.stringify(expected)}`,
      async () => {
        const now = await health(daemon);
        return JSON.stringify(now) === JSON.stringify(expected) ? now : undefined;
      },
      lookMs,
    );

  it.for(['sync 5', 'commit 5'])(
    'says so to everybody after one error (%s), and is well again by itself when the disk is',
    { timeout: 3 * lookMs },
    async (what, context) => {
      context.skip(cannotFail !== '', cannotFail);
      const daemon = await failing();
      expect(await add(daemon, 'before')).toMatchObject({ exit: 0 });
      expect(await health(daemon)).toEqual(well);
      writeFileSync(fault, what);
      expect(await add(daemon, 'refused')).toMatchObject({ exit: 1 });
      await becomes(daemon, ill);
      rmSync(fault);
      await becomes(daemon, well);
      expect(await add(daemon, 'after')).toMatchObject({ exit: 0 });
      const held = (await daemon.cli('addresses', '-o', 'json')).stdout;
      expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
      await daemon.stop();
      await daemon.start();
      expect((await daemon.cli('addresses', '-o', 'json')).stdout).toBe(held);
      expect(held).not.toMatch('refused');
    },
  );

  it(
    'finds out also when there is nothing to record',
    async (context) => {
      context.skip(cannotFail !== '', cannotFail);
      const daemon = await failing();
      writeFileSync(fault, 'sync 5');
      await becomes(daemon, ill);
    },
    2 * lookMs,
  );

  it(
    'says that the disk is full before anything is refused, and that it has room again',
    async (context) => {
      context.skip(needsRoot !== '', needsRoot);
      const disk = new SmallDisk();
      await disk.mount('16m');
      ended.push(() => disk.unmount());
      const daemon = await started({ dataDir: join(disk.path, 'data') });
      disk.fill();
      await becomes(daemon, ill);
      disk.free();
      await becomes(daemon, well);
    },
    2 * lookMs,
  );
});
