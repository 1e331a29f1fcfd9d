import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { badPods } from './bad-pods.ts';
import { podsPage } from './pods-page.ts';
import { startTrying, type TryPod } from './try-pod.ts';

describe('a Pod gets no address, and is told why, for', () => {
  let tryPod: TryPod;
  beforeAll(async () => {
    tryPod = await startTrying();
  });

  it.each(Object.values(badPods).flatMap((rows) => rows.map((bad) => [bad.what, bad] as const)))(
    '%s',
    async (_what, bad) => {
      const { says, advice = '' } = bad;
      expect(await tryPod(bad)).toEqual({ says, advice });
    },
  );

  it('nothing that is wrong: then it gets one', async () => expect(await tryPod({ says: '' })).toBeUndefined());
});

it('docs/refused-pods.md shows these Pods (else: make generate)', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/refused-pods.md'), 'utf8')).toBe(podsPage());
});
