/** Writes the table of rooms into the pages that show it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { roomPages, withRooms } from './room-pages.ts';

for (const page of roomPages) {
  const file = join(import.meta.dirname, '..', page);
  writeFileSync(file, withRooms(readFileSync(file, 'utf8')));
}
