/**
 * Child process of verify.ts: reads databases to the end, and says on standard output how far it came.
 * `scan.ts verify DIR…` exits with 3 at the first damaged one; `scan.ts salvage DIR` prints what is whole.
 */
import { isIpamError } from '../../resources/errors.ts';
import { formatJson } from '../../resources/json-text.ts';
import { Account } from './account.ts';
import { DatabaseFile } from './database-file.ts';
import { isWhole, isWholeInFirstFormat, recordValue } from './record.ts';
import { foundRecords } from './salvage.ts';
import { soundRecords } from './structure.ts';

const [mode, ...directories] = process.argv.slice(2);

for (const directory of directories) {
  process.stdout.write(`reading ${directory}\n`);
  if (mode === 'salvage') salvage(directory);
  const wrong = mode === 'salvage' ? undefined : verify(directory);
  if (wrong === undefined) continue;
  process.stdout.write(`damaged ${wrong}\n`);
  process.exitCode = 3;
  break;
}

/** @returns what is wrong with it, for people */
function verify(directory: string): string | undefined {
  try {
    const file = new DatabaseFile(directory);
    const account = new Account();
    for (const { key, value } of soundRecords(file)) account.add(key.toString(), value);
    file.close();
    return account.problem();
  } catch (error) {
    if (isIpamError(error)) return String(error.facts.found);
    throw error;
  }
}

function salvage(directory: string): void {
  const file = new DatabaseFile(directory, { isAnything: true });
  const { records, knowsFree } = foundRecords(file);
  const latest = new Map<string, number>();
  for (const { key: bytes, value, transaction } of records) {
    const key = bytes.toString();
    const isOfEither = isWhole(key, value) || isWholeInFirstFormat(value);
    if (!isOfEither) {
      process.stdout.write(`misplaced ${JSON.stringify({ key, record: value.toString('base64') })}\n`);
    } else if (transaction >= (latest.get(key) ?? 0)) {
      latest.set(key, transaction);
      process.stdout.write(`record ${formatJson([key, recordValue(value)])}\n`);
    }
  }
  file.close();
  if (!knowsFree) process.stdout.write('lost the list of free pages: what was deleted lately may be there again\n');
}
