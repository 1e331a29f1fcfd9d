import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

it('the CustomResourceDefinitions of deploy/crds are those of the schemas (else: make generate)', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'berth-crds-'));
  try {
    execFileSync(process.execPath, [join(root, 'scripts/generate-crds.ts'), fresh]);
    const read = (folder: string) =>
      Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    expect(read(join(root, 'deploy/crds'))).toEqual(read(fresh));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});
