/** Writes what is generated of the Helm chart, and the table of its values into docs/helm.md. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chartFiles, chartFolder } from './helm-chart/chart.ts';
import { withValues } from './helm-chart/values-table.ts';

for (const folder of ['templates/manifests', 'files'])
  rmSync(join(chartFolder, folder), { recursive: true, force: true });
for (const [path, text] of chartFiles()) {
  mkdirSync(dirname(join(chartFolder, path)), { recursive: true });
  writeFileSync(join(chartFolder, path), text);
}
const page = join(import.meta.dirname, '../docs/helm.md');
writeFileSync(page, withValues(readFileSync(page, 'utf8')));
