import { describe, expect, it } from 'vitest';
import { tryMutation } from './mutate.ts';
import { mutations } from './mutations.ts';

describe('the simulator finds', () => {
  it.for(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    { timeout: 600_000 },
    async ([_name, mutation], { skip }) => {
      skip(mutation.isRare === true, 'found after more than a million operations: make mutation-check looks for it');
      const { broken, operations } = await tryMutation(mutation, 1);
      expect(broken, `not found in ${operations} operations`).toBeDefined();
    },
  );
});
