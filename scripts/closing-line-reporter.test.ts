import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = process.cwd();
const scratch = mkdtempSync(join(tmpdir(), 'berth-reporter-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const tests = `
import { describe, it } from 'vitest';
describe('a berth', () => {
  it('holds a ship', () => {});
  it('holds a boat', (context) => context.skip(true, 'no boat here'));
  it('is long', () => {});
});
`;

/** What is printed, line by line, of a run with these arguments. */
function printed(...more: readonly string[]): readonly string[] {
  const reporter = join(root, 'scripts/closing-line-reporter.ts');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', scratch, '--reporter', reporter, ...more];
  return execFileSync(process.execPath, args, { cwd: scratch, encoding: 'utf8' }).trim().split('\n');
}

describe('the last lines of a test run', () => {
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  writeFileSync(join(scratch, 'package.json'), '{"type":"module"}');
  writeFileSync(join(scratch, 'berth.test.ts'), tests);

  it('say why each test was skipped', () => {
    const lines = printed();
    expect(lines).toContain('skipped: a berth > holds a boat: no boat here');
    expect(lines.at(-1)).toBe('2 passed, 0 failed, 1 skipped');
  });

  it('name none that was not chosen', () => {
    const lines = printed('-t', 'a berth > holds');
    expect(lines.filter((line) => line.startsWith('skipped:'))).toEqual([
      'skipped: a berth > holds a boat: no boat here',
    ]);
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
  });
});
