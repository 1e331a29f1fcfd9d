/** Writes the table of planted faults into the page that shows it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutations } from '../test/mutation/mutations.ts';
import { readRecord } from '../test/mutation/record.ts';
import { faultPage, withFaults } from './fault-table.ts';

const file = join(import.meta.dirname, '..', faultPage);
writeFileSync(file, withFaults(readFileSync(file, 'utf8'), mutations, readRecord()));
