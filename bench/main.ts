import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { version } from '../src/main/version.ts';
import { benchAllocator } from './allocator.ts';
import { benchCluster } from './cluster.ts';
import { benchCni } from './cni.ts';
import { benchConflicts } from './conflicts.ts';
import { benchGrpc, benchMemory, benchRestart } from './daemon.ts';
import { figure } from './figure.ts';
import { benchFreeHints } from './free-hints.ts';
import { benchKubernetes } from './kubernetes.ts';
import { peerVersions } from './peers.ts';
import type { BenchResult, Machine } from './result.ts';
import type { BenchRow } from './row.ts';
import { benchScheduler } from './scheduler.ts';
import { benchTopology } from './topology.ts';

/** `make bench`: every figure that the README names, each with its peer in the same run. `--only cni` runs one part. */
const parts: Readonly<Record<string, () => Promise<readonly BenchRow[]> | readonly BenchRow[]>> = {
  allocator: () => [...benchAllocator(), ...benchFreeHints()],
  topology: benchTopology,
  scheduler: benchScheduler,
  cni: benchCni,
  conflicts: benchConflicts,
  grpc: benchGrpc,
  memory: benchMemory,
  restart: benchRestart,
  cluster: benchCluster,
  kubernetes: benchKubernetes,
};

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean' }, out: { type: 'string', default: 'build/bench' } },
});
const chosen = Object.entries(parts).filter(([name]) => values.only === undefined || values.only === name);
if (chosen.length === 0) {
  process.stderr.write(`no part "${values.only}"; parts: ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}

const machine: Machine = {
  date: new Date().toISOString(),
  version,
  node: process.version,
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  peers: await peerVersions(),
};
const rows: BenchRow[] = [];
for (const [name, bench] of chosen) {
  process.stderr.write(`measuring: ${name}\n`);
  rows.push(...(await bench()));
}

const result: BenchResult = { machine, rows };
const json = `${JSON.stringify(result, null, 2)}\n`;
mkdirSync(values.out, { recursive: true });
writeFileSync(`${values.out}/result.json`, json);
const text = markdown();
writeFileSync(`${values.out}/result.md`, text);
process.stdout.write(values.json ? json : text);

function markdown(): string {
  const { date, cpu, memoryGiB, kernel, node } = machine;
  const lines = [`Berth ${version}, ${date}, ${cpu}, ${memoryGiB} GiB, Linux ${kernel}, Node.js ${node}`, ''];
  for (const [group, members] of Map.groupBy(rows, (row) => row.group)) {
    lines.push(`### ${group}`, '', '| | Berth | peer | times better | goal |', '|---|---|---|---|---|');
    for (const { name, value, unit, peer, ratio, goal } of members) {
      const other = peer === undefined ? '' : `${figure(peer.value)} ${unit} (${peer.name})`;
      const reached = goal === undefined ? '' : `${goal.text}: ${goal.reached ? 'reached' : 'NOT reached'}`;
      lines.push(
        `| ${name} | ${figure(value)} ${unit} | ${other} | ${ratio === undefined ? '' : figure(ratio)} | ${reached} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}
