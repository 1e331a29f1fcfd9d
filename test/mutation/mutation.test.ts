import { describe, expect, it } from 'vitest';
import { tryMutation, tryWorld } from './mutate.ts';
import { mutations } from './mutations.ts';
import { readRecord } from './record.ts';

/** The sources have changed since a world was recorded, and it may not find its fault any more: others are tried for so long, in which any is found. */
const operationsBeside = 1_000_000;
const record = readRecord();
const advice = 'make mutation-record looks on, and writes down where it is found';

describe.concurrent('the simulator finds', { timeout: 600_000 }, () => {
  it.for(mutations.map((mutation) => [mutation.name, mutation] as const))('%s', async ([name, mutation]) => {
    const known = record[name];
    if (known !== undefined && (await tryWorld(mutation, known)) !== undefined) return;
    const { broken, operations, foundIn } = await tryMutation(mutation, 1, operationsBeside);
    expect(broken, `not found in ${operations} operations; ${advice}`).toBeDefined();
    process.stdout.write(`"${name}" is found in world ${foundIn?.world}, not in the one on record: ${advice}\n`);
  });
});
