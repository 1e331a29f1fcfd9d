import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('the generated types are those of proto/ipam.proto (else: make generate)', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const fresh = mkdtempSync(join(tmpdir(), 'berth-types-'));
  try {
    const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
    execFileSync(join(root, 'scripts/generate-types.sh'), [fresh], { env });
    const read = (directory: string): Record<string, string> =>
      Object.fromEntries(
        readdirSync(directory, { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
      );
    expect(read(join(root, 'src/api/generated'))).toEqual(read(fresh));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});
