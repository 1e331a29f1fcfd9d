import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/kit/run.ts';
import { unified } from './diff-resources.ts';

describe('what diff prints', () => {
  it('is the change with three lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
    expect(unified('pool/x', before, before.replace('e', 'E'))).toBe(
      '--- pool/x (now)\n+++ pool/x (applied)\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
    );
  });

  it('is nothing where nothing changes, and all of what is new', () => {
    expect(unified('x', 'a\n', 'a\n')).toBe('');
    expect(unified('x', '', 'a\nb\n')).toBe('--- x (now)\n+++ x (applied)\n@@ -0,0 +1,2 @@\n+a\n+b\n');
  });

  it('is what patch(1) makes one of the other by', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 });
    const directory = mkdtempSync(join(tmpdir(), 'berth-diff-'));
    const file = join(directory, 'file');
    try {
      for (const [one, other] of fc.sample(fc.tuple(text, text), { numRuns: 20, seed: 7 })) {
        const [before, after] = [`${one.join('\n')}\n`, `${other.join('\n')}\n`];
        const patch = unified('file', before, after);
        if (patch === '') {
          expect(before).toBe(after);
          continue;
        }
        writeFileSync(file, before);
        const applied = await run('patch', ['--silent', '-o', '-', file], { stdin: patch });
        expect(applied).toMatchObject({ exit: 0, stdout: after });
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
