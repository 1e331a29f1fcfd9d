import { beforeAll, describe, expect, it } from 'vitest';
import { needsRoot } from '../kit/privilege.ts';
import { skipEach } from '../kit/skip.ts';
import { type AttackRow, attacks, campaign, leftOut } from './campaign.ts';

/** The short form of `make attack`: nothing is timed here, only survived. */
describe.each(['daemon', 'member', 'controller'] as const)('a %s with the limits of deploy/', (target) => {
  const reason = needsRoot || leftOut(target);
  let rows: readonly AttackRow[] = [];

  beforeAll(async () => {
    if (reason !== '') return;
    rows = await campaign({ targets: [target], adds: 5, restAdds: 0, held: 100, leadMs: 300, onRow: () => {} });
  });

  skipEach(reason);

  it.each(attacks[target].map(({ attack }, index) => [attack, index] as const))(
    'serves on, within its memory, under: %s',
    (_attack, index) => {
      const row = rows[index];
      expect(row).toMatchObject({ end: undefined, failedAdds: 0 });
      expect(row?.peakMiB).toBeLessThan(row?.limitMiB ?? 0);
    },
  );
});
