import { parseArgs } from 'node:util';
import { compareResults } from './compare.ts';
import { readResult } from './result.ts';

/** `make bench-compare OLD=file`: the last result of `make bench` against an earlier one. */
const { values } = parseArgs({
  options: { old: { type: 'string', default: '' }, new: { type: 'string', default: 'build/bench/result.json' } },
});
if (values.old === '') fail('name the earlier result: make bench-compare OLD=path/result.json');
try {
  process.stdout.write(compareResults(readResult(values.old), readResult(values.new)));
} catch (error) {
  fail((error as Error).message);
}

function fail(message: string): never {
  process.stderr.write(`bench-compare: ${message}\n`);
  process.exit(2);
}
