import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatAddress, parseAddress } from '../src/ip/address.ts';
import { labelled } from '../src/ipam/claim/claim-labels.ts';
import { blockKind } from '../src/resources/block.ts';
import { claimKind, newClaim } from '../src/resources/claim.ts';
import { allKinds } from '../src/resources/kinds.ts';
import { poolKind } from '../src/resources/pool.ts';
import { reservedIPKind } from '../src/resources/reserved-ip.ts';
import { KubernetesClient } from '../src/store/kubernetes/client.ts';
import { kubeconfigAccess } from '../src/store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../src/store/kubernetes/kubernetes-store.ts';
import { ControlPlane } from '../test/cluster/control-plane.ts';
import { install } from '../test/cluster/installed.ts';
import { ProcessorTime } from './processor-time.ts';
import { median } from './row.ts';

/**
 * `node bench/watchers.ts`: what a claim costs the API server while so many daemons are connected, which know their own claims, or
 * follow all. A daemon is played by its watches alone, whose events nobody looks at.
 */
const { values } = parseArgs({
  options: {
    watchers: { type: 'string', default: '2,1000' },
    claims: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '3' },
  },
});
const claims = Number(values.claims);
const rounds = Number(values.rounds);
const writers = 8;
const settleMs = 5_000;
const idleMs = 5_000;
const first = parseAddress('10.64.16.0').value;

const controlPlane = new ControlPlane();
try {
  await controlPlane.start();
  await install(controlPlane);
  const client = new KubernetesClient({ access: kubeconfigAccess(controlPlane.kubeconfig()), userAgent: 'bench' });
  const store = new KubernetesStore({ client });
  await writeClaims(store);
  const costs = new Map<string, number>();
  for (const way of ['own', 'all'] as const)
    for (const count of values.watchers.split(',').map(Number))
      costs.set(`${way} ${count}`, await measure(store, way, count));
  for (const [what, cost] of costs)
    say(`${what} daemons: ${cost.toFixed(2)} ms of the API server for a claim made and ended`);
  client.close();
} finally {
  await controlPlane.stop();
}

/** @returns milliseconds for each claim, beyond what it takes at rest */
async function measure(store: KubernetesStore, way: 'own' | 'all', count: number): Promise<number> {
  const sessions = Array.from({ length: count }, (_, index) => watcher(way, `node-${index}`));
  await Promise.all(sessions.map(({ open }) => open));
  await pause(settleMs);
  const apiServer = (): ProcessorTime => new ProcessorTime({ 'API server': [controlPlane.apiServer.pid] });
  const taken = (before: ProcessorTime): number => apiServer().since(before).get('API server') ?? Number.NaN;
  const resting = apiServer();
  await pause(idleMs);
  const restPerMs = taken(resting) / idleMs;
  const costs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [begun, before] = [performance.now(), apiServer()];
    await writeClaims(store);
    // Until the last watcher has the last event.
    await pause(settleMs);
    costs.push((taken(before) - restPerMs * (performance.now() - begun)) / claims);
  }
  for (const { session } of sessions) session.destroy();
  await pause(settleMs);
  say(
    `  ${way}, ${count}: ${costs.map((cost) => cost.toFixed(2)).join(', ')} ms; at rest ${(restPerMs * 1000).toFixed(1)} ms a second`,
  );
  return median(costs);
}

/** What a daemon of one node watches, on a connection of its own. */
function watcher(
  way: 'own' | 'all',
  node: string,
): { readonly session: ClientHttp2Session; readonly open: Promise<unknown> } {
  const session = connect(controlPlane.url, { ca: readFileSync(controlPlane.caFile, 'utf8') });
  const kinds = [poolKind, reservedIPKind, blockKind, ...(way === 'all' ? [claimKind] : [])];
  const ours = allKinds
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ apiVersion, plural }) => `/apis/${apiVersion}/${plural}?`);
  const theirs = [
    `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}&`,
    '/api/v1/namespaces?',
    `/api/v1/nodes?fieldSelector=metadata.name%3D${node}&`,
  ];
  const open = [...ours, ...theirs].map(async (path) => {
    const stream = session.request({
      ':path': `${path}watch=1&allowWatchBookmarks=true&resourceVersion=0`,
      authorization: `Bearer ${controlPlane.token()}`,
      accept: 'application/json',
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    stream.once('response', ({ ':status': status }) =>
      status === 200 ? resolve() : reject(new Error(`${path}: ${status}`)),
    );
    stream.once('error', reject);
    stream.resume();
    await promise;
  });
  return { session, open: Promise.all(open) };
}

/** Claims come and go, through the API server. */
async function writeClaims(store: KubernetesStore): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < claims) {
      const index = next++;
      const address = formatAddress({ family: 4, value: first + BigInt(index) });
      const spec = { address, pool: 'big', node: 'other', daemon: 'other', network: 'net', ifname: 'eth0' };
      const made = await store.create(labelled(newClaim({ ...spec, containerId: `c${index}` })));
      await store.delete({ kind: claimKind, name: made.metadata.name }, made.metadata.resourceVersion);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
