import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { Random } from '../kit/random.ts';
import { ShiftedClock } from '../kit/shifted-clock.ts';
import { SmallDisk } from '../kit/small-disk.ts';
import { audit } from './audit.ts';
import { type FaultKind, Faults } from './faults.ts';
import { Fleet, type Verb } from './fleet.ts';

export interface StormOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly onQuiet?: (report: StormReport) => void;
}

export interface StormReport {
  readonly seed: number;
  /** Times when everything was compared. */
  readonly audits: number;
  readonly calls: Readonly<Record<Verb, number>>;
  /** Calls that were told to try again. */
  readonly putOff: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly problems: readonly string[];
}

const containers = 24;
const parallel = 8;
/** How long it blows before everything is compared. */
const gustMs = 15_000;
const longestCalmMs = 1_500;
const diskSize = '16m';

/**
 * One daemon, real namespaces, the real ptp plugin with our IPAM plugin, and calls in parallel while the daemon is
 * killed, hangs, finds its disk full, its clock set and its socket file gone. After each gust the kernel, the
 * daemon and what the runtime was told must agree.
 */
export async function storm({ seconds, seed, onQuiet }: StormOptions): Promise<StormReport> {
  const problems: string[] = [];
  const problem = (text: string): void => void problems.push(text);
  const disk = new SmallDisk();
  await disk.mount(diskSize);
  const clock = new ShiftedClock(disk.path);
  const daemon = new DaemonProcess({
    clusterCidr: '10.244.0.0/22,fd00:10:244::/56',
    args: ['--block-size', '27'],
    dataDir: `${disk.path}/data`,
    env: clock.env,
  });
  const fleet = new Fleet({ size: containers, networks: networks(daemon.socket), random: new Random(seed), problem });
  const faults = new Faults({ daemon, disk, clock, random: new Random(seed + 1) });
  const report = (audits: number): StormReport => ({
    seed,
    audits,
    calls: fleet.calls,
    putOff: fleet.putOff,
    faults: faults.counts,
    problems,
  });
  try {
    await fleet.create();
    await daemon.start();
    const calm = new Random(seed + 2);
    const end = Date.now() + seconds * 1_000;
    let audits = 0;
    while (Date.now() < end && problems.length === 0) {
      try {
        await gust(fleet, faults, calm, Math.min(gustMs, end - Date.now()));
        await fleet.settle();
        for (const text of await audit(daemon, fleet)) problem(`audit ${audits + 1}: ${text}`);
        audits += 1;
      } catch (error) {
        problem((error as Error).message);
      }
      onQuiet?.(report(audits));
    }
    if (problems.length === 0) await clear(daemon, fleet, problem);
    if (problems.length > 0) problem(`the daemon's log:\n${daemon.log.slice(-6_000)}`);
    return report(audits);
  } finally {
    await daemon.remove();
    await fleet.remove();
    await disk.unmount();
  }
}

/** A dual-stack pool of leased blocks, and a shared one. */
function networks(daemonSocket: string): readonly object[] {
  const network = (name: string, ipam: object) => ({
    cniVersion: '1.0.0',
    name,
    type: 'ptp',
    ipam: { type: 'ipam-plugin', daemonSocket, ...ipam },
  });
  return [network('blocks', {}), network('shared', { ranges: [[{ subnet: '10.77.0.0/26' }]] })];
}

async function gust(fleet: Fleet, faults: Faults, calm: Random, ms: number): Promise<void> {
  const end = Date.now() + ms;
  let broken = false;
  const working = fleet.work(parallel, () => broken || Date.now() > end);
  const striking = (async () => {
    while (Date.now() < end) {
      await pause(calm.below(longestCalmMs));
      await faults.strike();
    }
  })().catch((error: unknown) => {
    broken = true;
    throw error;
  });
  const outcomes = await Promise.allSettled([working, striking]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** In the end all goes: nothing may be left anywhere. */
async function clear(daemon: DaemonProcess, fleet: Fleet, problem: (text: string) => void): Promise<void> {
  for (const container of fleet.containers) await fleet.call(container, 'DEL');
  for (const text of await audit(daemon, fleet)) problem(`after the last DEL: ${text}`);
}
