import { describe, expect, it } from 'vitest';
import { faultProblems } from './planted-faults.ts';

describe('a planted fault', () => {
  const fault = { name: 'it lies', edits: [{ file: 'src/x.ts', from: 'return true;', to: 'return false;' }] };
  const problems = (...sources: [string, string][]) => faultProblems([fault], new Map(sources));

  it('fits a source that has its text once', () => {
    expect(problems(['src/x.ts', 'f() { return true; }'])).toEqual([]);
  });

  it.each<[string, [string, string][]]>([
    ['has its text no more', [['src/x.ts', 'f() { return yes; }']]],
    ['has it twice', [['src/x.ts', 'return true; return true;']]],
    ['is somewhere else', [['src/y.ts', 'return true;']]],
  ])('is told of when its source %s', (_, sources) => {
    expect(problems(...sources)).toEqual([expect.stringContaining('"it lies": src/x.ts has')]);
  });
});
