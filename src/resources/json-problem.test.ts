import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonProblem } from './json-problem.ts';
import { isTooDeep } from './nesting.ts';

describe('what is wrong with JSON', () => {
  it.each([
    ['{"a":1,}', 'line 1, column 7: there is a comma too many, before "}"'],
    ['{"a":[1,2,\n],"b":1}', 'line 1, column 10: there is a comma too many, before "]"'],
    ['{\n  "kubeConfig": "/etc/x"\n  "etcdConfig": {}\n}', 'line 3, column 3: a comma is missing before "etcdConfig"'],
    ['[1 2]', 'line 1, column 4: a comma is missing before "2"'],
    ['{"type": "macvlan","\n}', 'line 1, column 20: a text has no closing quote on its line, or a wrong escape in it'],
    ['{a:1}', 'line 1, column 2: a key in double quotes is missing before "a"'],
    ["{'a':1}", 'line 1, column 2: a key in double quotes is missing before "\'"'],
    ['{"a" 1}', 'line 1, column 6: a colon is missing before "1"'],
    ['{"a":tru}', 'line 1, column 6: a value is missing before "tru"'],
    ['{"a":01}', 'line 1, column 6: a value is missing before "01"'],
    ['{"a":', 'line 1, column 6: it ends too early'],
    ['{"a":1', 'line 1, column 7: it ends before "}"'],
    ['{"a":1} x', 'line 1, column 9: nothing may follow the end, and "x" does'],
    ['', 'line 1, column 1: it ends too early'],
    ['[1,,2]', 'line 1, column 4: a value is missing before ","'],
  ])('%j', (text, says) => expect(jsonProblem(text)).toBe(says));

  it.each([
    ['lists', '['.repeat(300)],
    ['lists, all of which end', `${'['.repeat(300)}${']'.repeat(300)}`],
    ['maps', '{"a":'.repeat(300)],
    ['lists with a mistake below', `${'['.repeat(250)}1 2`],
  ])('is that %s are nested too deep, and no comma', (_, text) => {
    expect(jsonProblem(text)).toMatch(/^line 1, column \d+: nested more than 100 levels deep$/);
  });

  it('is none where they are nested as deep as they may be', () => {
    const [deepest, deeper] = [100, 101].map((levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect([deepest, deeper].map((text) => jsonProblem(text ?? '') === undefined)).toEqual([true, false]);
    expect([deepest, deeper].map((text) => isTooDeep(JSON.parse(text ?? '')))).toEqual([false, true]);
  });

  it('is found exactly where the engine refuses a text', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'{}[],:"\\ab01.-e \n', 'true', '"a"'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(letters, fc.json()), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(jsonProblem(text) === undefined).toBe(isJson);
      }),
      { numRuns: 5_000 },
    );
  });
});
