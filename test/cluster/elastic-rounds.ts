import { setTimeout as pause } from 'node:timers/promises';
import { countAddresses, parseRangeSet } from '../../src/ip/range-set.ts';
import { distribution } from '../kit/distribution.ts';
import { waitFor } from '../kit/wait.ts';
import { pool, type Underlay } from './underlay.ts';
import { workload } from './workload.ts';

export interface ElasticReport {
  /** From the moment at which the API server shows the new number of replicas until it shows the pool with the addresses for them, milliseconds, of each time that it grew. */
  readonly poolMs: readonly number[];
  /** From that moment until each new address was claimed, milliseconds. */
  readonly addressMs: readonly number[];
  /** Until the last of each time. */
  readonly lastMs: readonly number[];
  /** What Events say of Pods that were refused an address. */
  readonly refused: readonly string[];
}

interface DeploymentObject {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly replicas: number };
}

const name = 'flexible';
const selector = `app=${name}`;
const subnet = 'wide';
const [few, some] = [2, 4];
const surge = 3;
/** As many as a rolling update has beyond its replicas, and those that end meanwhile. */
const spare = 8;
const lookMs = 25;
const rolledMs = 300_000;

/**
 * An application is scaled from 2 to many and to 4 while it is rolled out anew, and its automatic pool follows: how long that took, and
 * whether a Pod was refused.
 * @param many replicas, 5 to 100
 */
export async function elasticRounds(underlay: Underlay, rounds: number, many: number): Promise<ElasticReport> {
  const { cluster } = underlay;
  await cluster.apply({
    ...pool(subnet, { subnet: '10.66.0.0/16', ips: ['10.66.1.0-10.66.1.127'] }),
    kind: 'SpiderSubnet',
  });
  const annotations = {
    'ipam.spidernet.io/subnet': JSON.stringify({ ipv4: [subnet] }),
    'ipam.spidernet.io/ippool-ip-number': `+${spare}`,
  };
  await cluster.apply(rolled(workload('Deployment', { name, replicas: few, annotations })));
  await underlay.podsReady(selector, few);
  const [poolMs, addressMs, lastMs, refused] = [[], [], [], new Set<string>()] as [
    number[],
    number[],
    number[],
    Set<string>,
  ];
  for (let round = 0; round < rounds; round += 1) {
    const grown = await scaled(underlay, many);
    poolMs.push(grown.poolMs);
    addressMs.push(...grown.addressMs);
    lastMs.push(Math.max(...grown.addressMs));
    await scaled(underlay, some);
    await waitFor(
      'the pool to shrink',
      async () => (await poolSize(underlay)) === some + spare || undefined,
      rolledMs,
      200,
    );
    for (const message of await refusals(underlay)) refused.add(message);
    await cluster.kubectl('scale', `deployment/${name}`, `--replicas=${few}`);
    await underlay.podsReady(selector, few);
  }
  await cluster.kubectl('delete', `deployment/${name}`, '--wait=false');
  await underlay.settled(0);
  await cluster.kubectl('delete', 'spidersubnet', subnet, '--timeout=120s');
  return { poolMs, addressMs, lastMs, refused: [...refused] };
}

export function elasticReport({ poolMs, addressMs, lastMs, refused }: ElasticReport): string {
  return [
    `from the new number of replicas to the pool that has the addresses, ms: ${distribution(poolMs)}`,
    `to each new address, ms: ${distribution(addressMs)}`,
    `to the last one, ms: ${distribution(lastMs)}`,
    `${refused.length} Pods refused`,
    ...refused,
  ].join('\n');
}

/** Scales it and rolls it out anew at once, and waits until that is done. */
async function scaled(underlay: Underlay, replicas: number): Promise<{ poolMs: number; addressMs: readonly number[] }> {
  const { cluster } = underlay;
  const before = new Set((await claims(underlay)).map(({ metadata }) => metadata.name));
  const commands = Promise.all([
    cluster.kubectl('scale', `deployment/${name}`, `--replicas=${replicas}`),
    cluster.kubectl('rollout', 'restart', `deployment/${name}`),
  ]);
  const seen = new Map<string, number>();
  let [asked, grown]: [number | undefined, number | undefined] = [undefined, undefined];
  let isDone = false;
  const done = commands.then(async () => {
    await cluster.kubectl('rollout', 'status', `deployment/${name}`, `--timeout=${rolledMs / 1_000}s`);
    isDone = true;
  });
  while (!isDone) {
    const now = performance.now();
    if (asked === undefined && (await deployment(underlay)).spec.replicas === replicas) asked = now;
    if (asked !== undefined && grown === undefined && (await poolSize(underlay)) >= replicas + spare)
      grown = performance.now();
    for (const { metadata } of await claims(underlay)) {
      if (before.has(metadata.name) || seen.has(metadata.name)) continue;
      // Of the update that was asked for beside it.
      if (asked === undefined) before.add(metadata.name);
      else seen.set(metadata.name, performance.now());
    }
    // What cannot be done ends the wait.
    await Promise.race([pause(lookMs), done]);
  }
  await done;
  const from = asked ?? Number.NaN;
  return { poolMs: (grown ?? Number.NaN) - from, addressMs: [...seen.values()].map((at) => at - from) };
}

/** A claim is named after its address. */
async function claims(underlay: Underlay): Promise<readonly { readonly metadata: { readonly name: string } }[]> {
  return (await underlay.claims()).filter(({ spec }) => spec.pool.startsWith(`auto4-${name}-`));
}

async function deployment({ cluster }: Underlay): Promise<DeploymentObject> {
  const found = await cluster.controlPlane.get<DeploymentObject>(
    `/apis/apps/v1/namespaces/default/deployments/${name}`,
  );
  if (found === undefined) throw new Error(`there is no Deployment ${name}`);
  return found;
}

async function poolSize(underlay: Underlay): Promise<number> {
  const { uid } = (await deployment(underlay)).metadata;
  const path = `/apis/spiderpool.spidernet.io/v2beta1/spiderippools/auto4-${name}-eth0-${uid.slice(-12).slice(0, 5)}`;
  const found = await underlay.cluster.controlPlane.get<{ readonly spec: { readonly ips: readonly string[] } }>(path);
  return Number(countAddresses(parseRangeSet(found?.spec.ips ?? [])));
}

async function refusals({ cluster }: Underlay): Promise<readonly string[]> {
  const path = '/api/v1/namespaces/default/events?fieldSelector=reason=FailedIPAllocation';
  const events = await cluster.controlPlane.get<{
    readonly items: readonly { readonly message: string; readonly involvedObject: { readonly name: string } }[];
  }>(path);
  // One that is deleted while its network is set up is refused nothing: it wants nothing any more.
  const own = (events?.items ?? []).filter(
    ({ involvedObject, message }) =>
      involvedObject.name.startsWith(`${name}-`) && !message.startsWith('there is no Pod '),
  );
  return own.map(({ involvedObject, message }) => `${involvedObject.name}: ${message}`);
}

function rolled(manifest: object): object {
  const { spec, ...rest } = manifest as { readonly spec: object };
  return { ...rest, spec: { ...spec, strategy: { rollingUpdate: { maxSurge: surge, maxUnavailable: 1 } } } };
}
