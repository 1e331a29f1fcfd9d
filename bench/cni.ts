import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProcess } from '../test/kit/daemon-process.ts';
import { bin, referencePlugins } from '../test/kit/paths.ts';
import { CniDriver } from './cni-driver.ts';
import { type BenchRow, median } from './row.ts';

const group = 'CNI call, from the start of the executable to its end, median';
/** Calls by each worker; the totals are alike. */
const loads = [
  { workers: 1, calls: 600 },
  { workers: 16, calls: 80 },
  { workers: 64, calls: 20 },
] as const;

interface Times {
  readonly ADD: number;
  readonly DEL: number;
}

/** Our executable and daemon against host-local, call for call, by the same driver. */
export async function benchCni(): Promise<readonly BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-bench-'));
  const daemon = new DaemonProcess({
    clusterCidr: '10.244.0.0/16',
    args: ['--block-size', '18', '--log-format', 'json'],
  });
  try {
    const driver = await CniDriver.compile(directory);
    await daemon.start();
    const dataDir = join(directory, 'host-local');
    mkdirSync(dataDir);
    const ours = {
      cniVersion: '1.0.0',
      name: 'bench',
      type: 'ptp',
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket },
    };
    const theirs = {
      cniVersion: '1.0.0',
      name: 'bench',
      type: 'ptp',
      ipam: { type: 'host-local', dataDir, ranges: [[{ subnet: '10.245.0.0/18' }]] },
    };
    const rows: BenchRow[] = [];
    // Both warm, as a node's daemon is: its code compiled, its pages and the disk's in memory.
    await warm(driver, ours, theirs);
    for (const { workers, calls } of loads) {
      const measure = async (plugin: string, network: object): Promise<Times> => {
        const total = workers * calls;
        const executions = await driver.run({ plugin, network, workers, calls: total, prefix: `w${workers}` });
        const failed = executions.find(({ exit }) => exit !== 0);
        if (failed !== undefined) throw new Error(`${plugin}: ${failed.verb} ended with ${failed.exit}`);
        const of = (wanted: 'ADD' | 'DEL'): number =>
          median(executions.flatMap(({ verb, taken }) => (verb === wanted ? [taken] : [])));
        return { ADD: of('ADD'), DEL: of('DEL') };
      };
      const own = await measure(join(bin, 'ipam-plugin'), ours);
      const peer = await measure(`${referencePlugins}/host-local`, theirs);
      for (const verb of ['ADD', 'DEL'] as const) rows.push(row(verb, workers, own[verb], peer[verb]));
    }
    return rows;
  } finally {
    await daemon.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function warm(driver: CniDriver, ours: object, theirs: object): Promise<void> {
  const load = { workers: 4, prefix: 'warm' };
  await driver.run({ ...load, plugin: join(bin, 'ipam-plugin'), network: ours, calls: 1_000 });
  await driver.run({ ...load, plugin: `${referencePlugins}/host-local`, network: theirs, calls: 100 });
}

function row(verb: 'ADD' | 'DEL', workers: number, value: number, peer: number): BenchRow {
  const ratio = peer / value;
  const wanted = workers === 1 ? 2 : workers === 16 ? 10 : undefined;
  return {
    group,
    name: `${verb}, ${workers} in parallel`,
    value,
    unit: 'ms',
    peer: { name: 'host-local', value: peer },
    ratio,
    ...(wanted === undefined
      ? {}
      : { goal: { text: wanted === 2 ? 'under half' : 'under a tenth', reached: ratio > wanted } }),
  };
}
