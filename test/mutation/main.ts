import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type MutationOutcome, patience, promiseOf, tryMutation, tryWorld } from './mutate.ts';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';
import { type FoundIn, readRecord, writeRecord } from './record.ts';

/**
 * `make mutation-check`: plants every fault and prints how long the simulator needs to find it. `--only text` plants some,
 * `--steps n` gives up sooner. `make mutation-record`: looks only for those that the world on record does not find any
 * more, and writes down in which one they are found now.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    steps: { type: 'string', default: String(patience) },
    record: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const chosen = mutations.filter(({ name }) => name.includes(values.only));
const record: Record<string, FoundIn> = { ...readRecord() };
let missed = 0;
if (!values.record) process.stdout.write(`seed ${seed}\n\n| fault | operations until found | as |\n|---|---|---|\n`);
// Each hunt is a process: as many at once as there are processors, in the order of the list.
const waiting = chosen.values();
const hunter = async (): Promise<void> => {
  for (const mutation of waiting) await (values.record ? renew(mutation) : look(mutation));
};
await Promise.all(Array.from({ length: availableParallelism() }, hunter));
process.exit(missed === 0 ? 0 : 1);

async function look(mutation: Mutation): Promise<void> {
  const { operations, broken } = await hunt(mutation);
  const count = operations.toLocaleString('en');
  const found = broken === undefined ? `not found in ${count}` : count;
  process.stdout.write(`| ${mutation.name} | ${found} | ${broken === undefined ? '' : promiseOf(broken)} |\n`);
}

async function renew(mutation: Mutation): Promise<void> {
  const { name } = mutation;
  const known = record[name];
  const again = known && (await tryWorld(mutation, known));
  if (again !== undefined) return write(name, again);
  const { operations, foundIn } = await hunt(mutation);
  write(name, foundIn);
  const count = `${operations.toLocaleString('en')} operations`;
  const said = foundIn === undefined ? `not found in ${count}` : `found in world ${foundIn.world}, in ${count} of all`;
  process.stdout.write(`${name}: ${said}\n`);
}

/** After each: who ends this keeps what was found. */
function write(name: string, foundIn: FoundIn | undefined): void {
  if (foundIn === undefined) delete record[name];
  else record[name] = foundIn;
  writeRecord(mutations, record);
}

async function hunt(mutation: Mutation): Promise<MutationOutcome> {
  const outcome = await tryMutation(mutation, seed, Number(values.steps));
  if (outcome.broken === undefined) missed += 1;
  return outcome;
}
