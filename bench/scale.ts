import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Curve, lineChart } from './chart.ts';
import { fullPool, routedCluster, sharedPool, watchFanOut } from './scale-worlds.ts';

/** `make scale`: how costs grow with the cluster, measured on real daemons over a store in memory; data and plots into docs/scale. */
const { values } = parseArgs({
  options: { out: { type: 'string', default: 'docs/scale' }, largest: { type: 'string', default: '10000' } },
});
const largest = Number(values.largest);
const upTo = (sizes: readonly number[]): readonly number[] => sizes.filter((size) => size <= largest);
mkdirSync(values.out, { recursive: true });

const routed = [];
for (const nodes of upTo([100, 300, 1_000, 3_000, 10_000]))
  routed.push(await report('routed', await routedCluster(nodes, 100)));
const fanOut = [];
for (const nodes of upTo([10, 30, 100, 300, 1_000])) fanOut.push(await report('fan-out', await watchFanOut(nodes)));
const shared = [];
for (const nodes of upTo([10, 30, 100, 300, 1_000])) shared.push(await report('shared', await sharedPool(nodes, 3)));

for (const claims of ['all', 'own'] as const)
  for (const nodes of [2, 64]) await report(`full pool, ${claims} claims`, await fullPool(nodes, 1_000, claims));

write('routed', routed, 'nodes', [
  { file: 'routed-bytes', y: 'storeBytesPerAddress', title: 'store bytes for each address, routed cluster' },
  { file: 'routed-start', y: 'startMs', title: 'start of one more daemon, ms' },
  { file: 'routed-list', y: 'listBytes', title: 'what a daemon reads at its start, bytes' },
]);
write('fan-out', fanOut, 'nodes', [{ file: 'fan-out', y: 'events', title: 'watch events for one lease' }]);
write('shared', shared, 'nodes', [
  {
    file: 'shared-creates',
    y: 'createsPerAddress',
    title: 'creates for each address, one shared pool, all nodes at once',
  },
]);
process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}\n`,
);

async function report<Row extends Readonly<Record<string, number>>>(what: string, row: Row): Promise<Row> {
  const figures = Object.entries(row).map(
    ([key, value]) => `${key} ${Number(value.toPrecision(4)).toLocaleString('en')}`,
  );
  process.stdout.write(`${what}: ${figures.join(', ')}\n`);
  return row;
}

function write(
  name: string,
  rows: readonly Readonly<Record<string, number>>[],
  x: string,
  charts: readonly { readonly file: string; readonly y: string; readonly title: string }[],
): void {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => columns.map((column) => Number(row[column]?.toPrecision(6))).join(','));
  writeFileSync(`${values.out}/${name}.csv`, `${[columns.join(','), ...lines].join('\n')}\n`);
  for (const { file, y, title } of charts) {
    const curve: Curve = rows.map((row) => [row[x] ?? 0, row[y] ?? 0]);
    writeFileSync(`${values.out}/${file}.svg`, lineChart({ title, x, curve }));
  }
}
