/** Writes the tables of settings into the pages of docs/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesWithSettings, withSettings } from './settings-tables.ts';

for (const page of pagesWithSettings) {
  const file = join(import.meta.dirname, '../docs', page);
  writeFileSync(file, withSettings(readFileSync(file, 'utf8')));
}
