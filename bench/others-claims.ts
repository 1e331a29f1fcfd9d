import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatAddress, parseAddress } from '../src/ip/address.ts';
import { labelled } from '../src/ipam/claim/claim-labels.ts';
import { newClaim } from '../src/resources/claim.ts';
import { newOccupancy } from '../src/resources/occupancy.ts';
import { ControlPlane } from '../test/cluster/control-plane.ts';
import { daemonFor, install } from '../test/cluster/installed.ts';
import { startPublisher } from '../test/cluster/publisher.ts';
import { type DaemonProcess, httpText } from '../test/kit/daemon-process.ts';
import { ApiRequests } from './api-requests.ts';
import { GrpcClient } from './grpc-client.ts';
import { loadOn } from './load.ts';
import { ProcessorTime } from './processor-time.ts';

/**
 * `node bench/others-claims.ts --claims n`: what a daemon costs beside the claims of others, which knows its own, or follows all of
 * them; with `--former DIR`, also that of another checkout, built there, which follows all. `--without-controller` says that pages are
 * published where nobody does it, and fills no pool: a controller beside a million claims takes minutes to read them out of etcd.
 */
const { values } = parseArgs({
  options: {
    claims: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'own,all,former' },
    former: { type: 'string' },
    'without-controller': { type: 'boolean', default: false },
  },
});
type Way = 'own' | 'all' | 'former';
const ways: readonly Way[] = ['own', 'all', ...(values.former === undefined ? [] : ['former' as const])];
const count = Number(values.claims);
const first = parseAddress('10.64.16.0').value;
/** Puts in one transaction, which are that many events. */
const inTransaction = 100;
const writers = 8;
/** Claims that are made elsewhere, each second; as many end. */
const churn = { perSecond: 1_000, seconds: 10 };
const ticksPerSecond = 20;
const restMs = 15_000;
/** For a daemon that reads a million claims first. */
const longestMs = 300_000;
const full = 1_000;

const controlPlane = new ControlPlane();
const daemons: DaemonProcess[] = [];
try {
  await controlPlane.start();
  await install(controlPlane);
  await controlPlane.apply(
    ...['n1', 'n2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
    pool('big', '10.64.0.0/10', undefined),
    ...ways.map((way, index) =>
      pool(`full-${way}`, `10.${40 + index}.0.0/16`, `10.${40 + index}.1.0-10.${40 + index}.4.231`),
    ),
  );
  await plant(count);
  say(`${count} claims are there`);
  const controller = values['without-controller'] ? await plantMark() : await startPublisher(controlPlane);
  try {
    say('pages of them are published');
    for (const way of ways) if (values.only.split(',').includes(way)) await measure(way);
  } finally {
    await controller?.remove();
  }
} finally {
  for (const daemon of daemons) await daemon.remove();
  await controlPlane.stop();
}

async function measure(way: Way): Promise<void> {
  const former = way === 'former' ? join(resolve(values.former ?? ''), 'bin/ipam-daemon') : undefined;
  const config = `allocation:\n  cooldown: 0s\n${way === 'own' ? '  claims: own\n' : ''}`;
  const daemonOf = (node: string): Promise<DaemonProcess> => daemonFor(controlPlane, node, config, former);
  const [one, two] = [await daemonOf('n1'), await daemonOf('n2')];
  daemons.push(one, two);
  const [started, unstarted] = [performance.now(), new ProcessorTime({ 'API server': [controlPlane.apiServer.pid] })];
  await one.start(longestMs);
  const [ready, start] = [performance.now() - started, time(one).since(unstarted)];
  await pause(restMs);
  const [resident, rest] = [rss(one.pid), time(one)];
  await pause(churn.seconds * 1000);
  const [idle, before] = [time(one).since(rest), time(one)];
  const stirred = await stir();
  const busy = time(one).since(before);
  const filled = values['without-controller'] ? 'not tried' : await fillBoth(way, one, two);
  const cpu = (taken: ReadonlyMap<string, number>): string =>
    [...taken].map(([name, ms]) => `${name} ${ms}`).join(', ');
  say(`${way}, beside ${count} claims: ready after ${Math.round(ready)} ms, ${resident} MB resident at rest`);
  say(`  processor time until then, ms: ${cpu(start)}`);
  say(`  in ${churn.seconds} s of rest: ${cpu(idle)}`);
  say(
    `  in ${stirred} s, in which ${churn.perSecond * churn.seconds} claims were made and ended elsewhere: ${cpu(busy)}`,
  );
  say(`  a pool of ${full} given to the last address by two daemons: ${filled}`);
  for (const daemon of [one, two]) await daemon.remove();
  daemons.length = 0;
}

async function fillBoth(way: Way, one: DaemonProcess, two: DaemonProcess): Promise<string> {
  await two.start(longestMs);
  return fill(`full-${way}`, [one, two]).catch((error: unknown) => {
    process.stderr.write(`${one.log.slice(-3_000)}\n`);
    throw error;
  });
}

async function plantMark(): Promise<undefined> {
  await controlPlane.apply(newOccupancy({ family: 4, value: 0n }, '', { asOf: '0' }));
  return undefined;
}

function time(daemon: DaemonProcess): ProcessorTime {
  return new ProcessorTime({ daemon: [daemon.pid], 'API server': [controlPlane.apiServer.pid] });
}

function rss(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

async function fill(name: string, places: readonly DaemonProcess[]): Promise<string> {
  const scrape = async (): Promise<ApiRequests> =>
    new ApiRequests(await Promise.all(places.map(({ socket }) => httpText(socket, '/metrics'))));
  const clients = places.map(({ socket }) => new GrpcClient(socket));
  const before = await scrape();
  let next = 0;
  const { rate, times } = await loadOn(clients, full, 16, () => [
    'AllocateIP',
    { node_id: 'node', container_id: `${name}-${next++}`, pools: [name] },
  ]);
  const requests = (await scrape()).since(before).entries();
  for (const client of clients) client.close();
  const sorted = times.toSorted((a, b) => a - b);
  const told = requests
    .filter(([what]) => /ip(claims|occupancies)/.test(what))
    .map(([what, times]) => `${times} ${what}`);
  return `${Math.round(rate)}/s, median ${Math.round(sorted[sorted.length / 2] ?? 0)} ms; ${told.join(', ')}`;
}

function pool(name: string, subnet: string, ips: string | undefined) {
  const spec = { subnet, ...(ips === undefined ? {} : { ips: [ips] }) };
  return { apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec };
}

/** As an API server keeps it, past the API server: a hundred thousand in seconds. Of no Pod, so that no endpoint is derived from it. */
function stored(index: number): readonly [key: string, value: string] {
  const address = formatAddress({ family: 4, value: first + BigInt(index) });
  const node = `other-${index % 1_000}`;
  const spec = { address, pool: 'big', node, daemon: node, network: 'net', ifname: 'eth0' };
  const claim = labelled(newClaim({ ...spec, containerId: `${uidOf(index)}${uidOf(index + 1)}` }));
  const given = { uid: uidOf(index), creationTimestamp: '2026-11-30T00:00:00Z', generation: 1 };
  const value = JSON.stringify({ ...claim, metadata: { ...claim.metadata, ...given } });
  return [`/registry/berth.network/ipclaims/${claim.metadata.name}`, value];
}

function uidOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

async function plant(claims: number): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < claims) {
      const from = next;
      next += inTransaction;
      const some = Array.from({ length: Math.min(inTransaction, claims - from) }, (_, index) => stored(from + index));
      await etcd(some.map(([key, value]) => ({ request_put: { key: base64(key), value: base64(value) } })));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

/** Claims come and go elsewhere, at a steady pace. @returns seconds that it took */
async function stir(): Promise<number> {
  const { perSecond, seconds } = churn;
  const began = performance.now();
  const half = perSecond / ticksPerSecond;
  for (let round = 0; round < seconds * ticksPerSecond; round += 1) {
    const some = Array.from({ length: half }, (_, index) => stored(count + round * half + index));
    await etcd(some.map(([key, value]) => ({ request_put: { key: base64(key), value: base64(value) } })));
    await etcd(some.map(([key]) => ({ request_delete_range: { key: base64(key) } })));
    await pause(Math.max(0, began + ((round + 1) * 1000) / ticksPerSecond - performance.now()));
  }
  return Math.round((performance.now() - began) / 100) / 10;
}

async function etcd(success: readonly object[]): Promise<void> {
  const url = `http://${controlPlane.address}:2379/v3/kv/txn`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ success }) });
  if (!answer.ok) throw new Error(`etcd: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
