import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openClient } from '../src/cli/client.ts';
import { DaemonProcess } from '../test/kit/daemon-process.ts';
import { bin } from '../test/kit/paths.ts';
import { run } from '../test/kit/run.ts';
import { GrpcClient } from './grpc-client.ts';
import { type Load, loadOn } from './load.ts';
import { type BenchRow, median } from './row.ts';

const warmCalls = 60_000;
const calls = 40_000;
const few = 8;
const many = 64;
/** Longest until an idle daemon has given memory back, milliseconds. */
const restMs = 72_000;
const nodes = 1_000;
const kept = 100_000;

/** gRPC AllocateIP, each answer durable, with several calls in flight on one connection. */
export async function benchGrpc(): Promise<readonly BenchRow[]> {
  const daemon = new DaemonProcess({ clusterCidr: '10.0.0.0/8', args: ['--block-size', '14', '--log-format', 'json'] });
  await daemon.start();
  const client = new GrpcClient(daemon.socket);
  try {
    let next = 0;
    const load = (count: number, parallel: number): Promise<Load> =>
      loadOn([client], count, parallel, () => {
        const index = next++;
        const pod = { pod_name: `p${index}`, pod_namespace: 'bench' };
        return ['AllocateIP', { node_id: 'node1', container_id: `c${index}`, ...pod }];
      });
    // A daemon lives for weeks: measured is what its compiled code does.
    await load(warmCalls, few);
    const [small, large] = [await load(calls, few), await load(calls, many)];
    const group = 'gRPC AllocateIP, durable';
    const middle = median(small.times);
    return [
      {
        group,
        name: `median, ${few} in flight`,
        value: middle,
        unit: 'ms',
        goal: { text: 'under 1 ms', reached: middle < 1 },
      },
      { group, name: `throughput, ${few} in flight`, value: small.rate, unit: 'calls/s' },
      {
        group,
        name: `throughput, ${many} in flight`,
        value: large.rate,
        unit: 'calls/s',
        goal: { text: 'over 10,000/s', reached: large.rate > 10_000 },
      },
    ];
  } finally {
    client.close();
    await daemon.remove();
  }
}

/** Memory of a daemon that keeps a thousand nodes' blocks, and of one CNI executable. */
export async function benchMemory(): Promise<readonly BenchRow[]> {
  const group = 'resident memory';
  const daemon = new DaemonProcess({ clusterCidr: '10.0.0.0/8' });
  await daemon.start();
  const client = openClient(daemon.socket, 60_000);
  try {
    for (let node = 0; node < nodes; node += 1) await client.call('AllocateBlock', { node_id: `node${node}` });
    const busy = residentMegabytes(daemon.pid);
    await setTimeout(restMs);
    const megabytes = residentMegabytes(daemon.pid);
    const shim = await run('/bin/sh', [
      '-c',
      `CNI_COMMAND=STATUS BERTH_CNI_TIMEOUT_MS=300 "${join(bin, 'ipam-plugin')}" </dev/null & pid=$!; while grep -q VmRSS /proc/$pid/status 2>/dev/null; do grep VmHWM /proc/$pid/status; done | tail -1`,
    ]);
    const shimMegabytes = Number(/(\d+) kB/.exec(shim.stdout)?.[1]) / 1024;
    return [
      {
        group,
        name: `daemon with ${nodes} nodes' blocks`,
        value: megabytes,
        unit: 'MB',
        goal: { text: 'under 100 MB', reached: megabytes < 100 },
      },
      { group, name: 'the same while the last of them is leased', value: busy, unit: 'MB' },
      {
        group,
        name: 'CNI executable',
        value: shimMegabytes,
        unit: 'MB',
        goal: { text: 'under 2 MB', reached: shimMegabytes < 2 },
      },
    ];
  } finally {
    client.close();
    await daemon.remove();
  }
}

/** Restart after SIGKILL with a hundred thousand addresses on record: from exec to ready, and the part that recovers. */
export async function benchRestart(): Promise<readonly BenchRow[]> {
  const group = `restart after SIGKILL with ${kept.toLocaleString('en')} addresses on record`;
  const daemon = new DaemonProcess({ clusterCidr: '10.0.0.0/8', args: ['--block-size', '14', '--log-format', 'json'] });
  await daemon.start();
  const client = openClient(daemon.socket, 120_000);
  const batch = 1_000;
  for (let from = 0; from < kept; from += batch) {
    const requests = Array.from({ length: batch }, (_, index) => ({
      node_id: 'node1',
      container_id: `container-${from + index}-0123456789abcdef0123456789abcdef`,
      pod_name: `pod-${from + index}`,
      pod_namespace: 'bench',
    }));
    await client.call('AllocateIPs', { requests });
  }
  client.close();
  const totals: number[] = [];
  const recoveries: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await daemon.crash();
    const start = performance.now();
    await daemon.start();
    totals.push(performance.now() - start);
    recoveries.push(Number([...daemon.log.matchAll(/tookMs"?[=:](\d+)/g)].at(-1)?.[1]));
  }
  await daemon.remove();
  const [total, recovery] = [median(totals) / 1000, median(recoveries) / 1000];
  return [
    {
      group,
      name: 'recovery of the state',
      value: recovery,
      unit: 's',
      goal: { text: 'under a second', reached: recovery < 1 },
    },
    { group, name: 'process start to ready', value: total, unit: 's' },
  ];
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
