import { describe, expect, it } from 'vitest';
import { describeFinding, fuzz, replay } from './fuzz.ts';
import { fuzzShim } from './shim.ts';
import { allTargets } from './targets/all.ts';

const budgetMs = 3_000;
const shimSeconds = 5;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe('whatever comes in', () => {
  for (const target of allTargets) {
    it(`${target.name}: is refused with a reason or means what it says, for past findings and fresh inputs`, async () => {
      expect(await replay(target)).toEqual([]);
      const { runs, findings } = await fuzz(target, { budgetMs, seed });
      process.stdout.write(`fuzz ${target.name}: seed ${seed}, ${runs} runs\n`);
      expect(findings.map(describeFinding)).toEqual([]);
    });
  }

  it('the native executable: stays within its memory, whatever the daemon answers', async ({ skip }) => {
    const { skipped, runs, problems } = await fuzzShim({ seconds: shimSeconds, seed });
    if (skipped !== undefined) {
      process.stdout.write(`fuzz shim: skipped: ${skipped}\n`);
      skip(skipped);
    }
    process.stdout.write(`fuzz shim: seed ${seed}, ${runs} runs\n`);
    expect(problems).toEqual([]);
  });
});
