/**
 * Child process of verify.ts: reads databases to the end, and says on standard output how far it came.
 * `walk.ts verify DIR…` exits with 3 at the first damaged record; `walk.ts salvage DIR` prints what is whole.
 */
import { openEnvironment } from './environment.ts';
import { decodeRecord, isWhole } from './record.ts';

const [mode, ...directories] = process.argv.slice(2);

for (const directory of directories) {
  process.stdout.write(`reading ${directory}\n`);
  const environment = openEnvironment(directory, 'read');
  for (const { key, value } of environment.getRange({})) {
    if (mode === 'salvage') {
      const record = decodeRecord(value);
      if (record !== undefined) process.stdout.write(`record ${JSON.stringify([key, record])}\n`);
    } else if (!isWhole(value)) {
      process.stdout.write(`damaged record ${JSON.stringify(key)} does not match its checksum\n`);
      process.exit(3);
    }
  }
  await environment.close();
}
