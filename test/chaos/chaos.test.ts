import { describe, expect, it } from 'vitest';
import { killRounds } from './kill-rounds.ts';

const rounds = 200;

describe('ipam-daemon under SIGKILL', () => {
  it(`loses nothing and gives nothing twice in ${rounds} kills at random moments under parallel ADD and DEL`, {
    timeout: 900_000,
  }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const report = await killRounds({ rounds, seed });
    process.stdout.write(
      `kill rounds: seed ${seed}, ${report.kills} kills, ${report.adds} ADD, ${report.dels} DEL, ${report.unknown} answers lost\n`,
    );
    expect(report.problems).toEqual([]);
    expect(report.kills).toBe(rounds);
    expect(report.adds).toBeGreaterThan(rounds);
  });
});
