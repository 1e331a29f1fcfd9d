import { describe, expect, it } from 'vitest';
import { compilePattern, isPattern, PatternError } from './wildcard.ts';

describe('patterns of names', () => {
  it.each([
    ['*', 'anything', true],
    ['*', '', true],
    ['web-*', 'web-1', true],
    ['web-*', 'db-1', false],
    ['*-v4', 'web-v4', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['v4?', 'v41', true],
    ['v4?', 'v4', false],
    ['v4?', 'v412', false],
    ['pool[123]', 'pool2', true],
    ['pool[123]', 'pool4', false],
    ['pool[a-c]', 'poolb', true],
    ['pool[^a-c]', 'poolb', false],
    ['pool[^a-c]', 'poold', true],
    ['rack\\*', 'rack*', true],
    ['rack\\*', 'rack1', false],
    ['web', 'web', true],
  ])('%s takes %s: %s', (pattern, name, taken) => {
    expect(compilePattern(pattern)(name)).toBe(taken);
  });

  it.each(['[', 'a[', '[]', '[^]', '[a', '[a-', '[a-]', '[-a]', 'a\\', '[\\'])('%s is refused', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });

  it('tells patterns from names', () => {
    expect(['a*', 'a?', 'a[1]', 'a\\b', 'a.b-c'].map(isPattern)).toEqual([true, true, true, true, false]);
  });

  it('does not take long over many stars', () => {
    expect(compilePattern('*a'.repeat(120))(`${'a'.repeat(119)}b`.repeat(2))).toBe(false);
  });
});
