/** Writes rules, monitors and dashboards into deploy/monitoring. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderMonitoring } from './monitoring/render.ts';

for (const { path, text } of renderMonitoring()) {
  const file = join(import.meta.dirname, '../deploy/monitoring', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
