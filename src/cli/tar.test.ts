import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { must } from '../../test/kit/run.ts';
import { tarOf } from './tar.ts';

describe('an archive', () => {
  it('is what tar(1) unpacks, whatever the sizes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-tar-'));
    const texts = ['', 'a', 'ü'.repeat(256), 'x'.repeat(512), 'y'.repeat(70_000)];
    try {
      const archive = join(directory, 'all.tar');
      writeFileSync(
        archive,
        tarOf(
          texts.map((text, n) => ({ name: `all/${n}.txt`, text })),
          1_700_000_000,
        ),
      );
      await must('tar', ['--extract', '--file', archive, '--directory', directory]);
      expect(texts.map((_, n) => readFileSync(join(directory, `all/${n}.txt`), 'utf8'))).toEqual(texts);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
