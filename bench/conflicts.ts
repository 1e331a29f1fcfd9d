import type { Detection } from '../src/resources/pool.ts';
import { cni } from '../test/kit/cni.ts';
import { DaemonProcess } from '../test/kit/daemon-process.ts';
import { referencePlugins } from '../test/kit/paths.ts';
import { Segment } from '../test/kit/segment.ts';
import { writePool } from '../test/kit/write-pool.ts';
import type { BenchRow } from './row.ts';

const group = 'ADD by macvlan, from the start of the executable to its end, with conflicts.wait at 1 s';
/** Of each scene, one after the other. */
const adds = 24;

interface Scene {
  readonly name: string;
  /** The second and third number of its subnets. */
  readonly net: number;
  readonly detection: Detection;
  readonly gateway?: Detection;
  readonly dual?: boolean;
  /** Who has these addresses, or answers for them late. */
  readonly strangers?: (net: number) => readonly string[];
  readonly late?: (net: number) => string;
}

/** Every second of the first addresses. */
const half = (net: number): readonly string[] => Array.from({ length: adds }, (_, n) => `10.${net}.0.${10 + 2 * n}/24`);

const scenes: readonly Scene[] = [
  { name: 'nobody is asked', net: 101, detection: 'none' },
  { name: 'nobody is asked, both families', net: 102, detection: 'none', dual: true },
  { name: 'no stranger', net: 103, detection: 'refuse' },
  { name: 'no stranger, both families', net: 104, detection: 'refuse', dual: true },
  { name: 'one stranger', net: 105, detection: 'refuse', strangers: (net) => [`10.${net}.0.10/24`] },
  { name: 'strangers have half', net: 106, detection: 'refuse', strangers: half },
  { name: 'strangers have half, both families', net: 107, detection: 'refuse', dual: true, strangers: half },
  { name: 'one stranger, 300 ms late', net: 108, detection: 'refuse', late: (net) => `10.${net}.0.10` },
  {
    name: 'the gateway is asked for, and two claim it',
    net: 109,
    detection: 'refuse',
    gateway: 'warn',
    strangers: (net) => [`10.${net}.0.1/24`],
  },
];

/** What asking the segment adds to an ADD. As root, in namespaces. */
export async function benchConflicts(): Promise<readonly BenchRow[]> {
  const daemon = new DaemonProcess({ clusterCidr: '10.100.0.0/24', args: ['--log-format', 'json'] });
  const segment = new Segment('bb');
  try {
    await segment.create();
    await daemon.start();
    const rows: BenchRow[] = [];
    for (const scene of scenes) rows.push(...rowsOf(scene, await measure(scene, daemon, segment)));
    return rows;
  } finally {
    await segment.remove();
    await daemon.remove();
  }
}

async function measure(scene: Scene, daemon: DaemonProcess, segment: Segment): Promise<readonly number[]> {
  const { net, detection, gateway = 'none', dual = false, strangers, late } = scene;
  const asked = { conflictDetection: detection, gatewayDetection: gateway };
  const addresses = { ips: [`10.${net}.0.10-10.${net}.0.200`], gateway: `10.${net}.0.1` };
  const pools = [`v4-${net}`, ...(dual ? [`v6-${net}`] : [])];
  await writePool(daemon, `v4-${net}`, { subnet: `10.${net}.0.0/24`, ...addresses, ...asked });
  if (dual) await writePool(daemon, `v6-${net}`, { subnet: `fd00:${net}::/64`, ...asked });
  if (strangers !== undefined) await segment.stranger(...strangers(net));
  // Two claim the gateway's address: who has it, and somebody else.
  if (gateway !== 'none') await segment.stranger(`10.${net}.0.1/24`);
  if (late !== undefined) await segment.lateStranger(daemon.directory, late(net), 300);
  const times: number[] = [];
  for (let n = 0; n < adds; n += 1) {
    const pod = await segment.pod();
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, pools };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'macvlan', master: segment.link, mode: 'bridge', ipam };
    const began = performance.now();
    const { exit, stdout } = await cni(`${referencePlugins}/macvlan`, config, {
      ...{ command: 'ADD', containerId: `c${net}-${n}`, netns: pod.path },
    });
    times.push(performance.now() - began);
    if (exit !== 0) throw new Error(`${scene.name}: ${stdout}`);
  }
  return times;
}

function rowsOf({ name }: Scene, times: readonly number[]): readonly BenchRow[] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  const of = (what: string, value: number): BenchRow => ({ group, name: `${name}: ${what}`, value, unit: 'ms' });
  return [of('least', at(0)), of('median', at(0.5)), of('nine of ten', at(0.9)), of('most', at(1))];
}
