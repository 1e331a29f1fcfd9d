import { describe, expect, it } from 'vitest';
import { needsRoot } from '../kit/privilege.ts';
import { killRounds } from './kill-rounds.ts';
import { storm } from './storm.ts';
import { stormLine } from './storm-line.ts';

/** `make soak` has thirty times as many, and a storm of five minutes. */
const rounds = 60;
const stormSeconds = 60;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe('ipam-daemon under SIGKILL', () => {
  it(`loses nothing and gives nothing twice in ${rounds} kills at random moments under parallel ADD and DEL`, {
    timeout: 900_000,
  }, async () => {
    const report = await killRounds({ rounds, seed });
    process.stdout.write(
      `kill rounds: seed ${seed}, ${report.kills} kills, ${report.adds} ADD, ${report.dels} DEL, ${report.unknown} answers lost\n`,
    );
    expect(report.problems).toEqual([]);
    expect(report.kills).toBe(rounds);
    expect(report.adds).toBeGreaterThan(rounds);
  });
});

describe('ipam-daemon in a storm of faults', () => {
  it('agrees with the kernel and the runtime through kills, hangs, full disks, set clocks and a removed socket', {
    timeout: 300_000,
  }, async (context) => {
    context.skip(needsRoot !== '', needsRoot);
    const report = await storm({ seconds: stormSeconds, seed });
    process.stdout.write(`${stormLine(report)}\n`);
    expect(report.problems).toEqual([]);
    expect(report.calls.ADD).toBeGreaterThan(0);
  });
});
