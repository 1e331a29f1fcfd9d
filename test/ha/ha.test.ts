import { describe, expect, it } from 'vitest';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { faultReport } from './fault-report.ts';
import { faultRun } from './fault-run.ts';

const seconds = 60;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe.skipIf(needsRoot !== '')(asRoot('three members and two agents under load'), () => {
  it('lose nothing and give nothing twice while leaders are killed, machines cut off and disks wiped', {
    timeout: 1_200_000,
  }, async () => {
    const report = await faultRun({ seconds, seed });
    process.stdout.write(`ha: seed ${seed}\n${faultReport(report).join('\n')}\n`);
    expect(report.problems).toEqual([]);
    expect(report.verdict?.type).toBe('linearizable');
    expect(report.pods.calls.ADD).toBeGreaterThan(0);
  });
});
