import { parseArgs } from 'node:util';
import { patience, tryMutation } from './mutate.ts';
import { mutations } from './mutations.ts';

/** `make mutation-check`: plants every fault and prints how long the simulator needs to find it. `--only text` plants some, `--steps n` gives up sooner. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    steps: { type: 'string', default: String(patience) },
  },
});
const seed = Number(values.seed);
let missed = 0;
process.stdout.write(`seed ${seed}\n\n| fault | operations until found | as |\n|---|---|---|\n`);
for (const mutation of mutations.filter(({ name }) => name.includes(values.only))) {
  const { name, operations, broken } = await tryMutation(mutation, seed, Number(values.steps));
  if (broken === undefined) missed += 1;
  const count = operations.toLocaleString('en');
  process.stdout.write(
    `| ${name} | ${broken === undefined ? `not found in ${count}` : count} | ${broken?.split(':')[0] ?? ''} |\n`,
  );
}
process.exit(missed === 0 ? 0 : 1);
