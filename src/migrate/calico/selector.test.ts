import { describe, expect, it } from 'vitest';
import { formatSelector } from '../../resources/label-selector.ts';
import { labelSelectorOf } from './selector.ts';

describe("a selector of Calico's", () => {
  it.each([
    ['', undefined],
    ['all()', undefined],
    ["zone == 'west'", 'zone in (west)'],
    ['zone != "west"', 'zone notin (west)'],
    ['has(gpu) && !has(old) && all()', 'gpu,!old'],
    ['topology.kubernetes.io/zone in {\'a\', "b"}', 'topology.kubernetes.io/zone in (a,b)'],
    ["rack not in {'r1'}", 'rack notin (r1)'],
  ])('%j selects the same by labels of Kubernetes', (selector, expected) => {
    const read = labelSelectorOf(selector);
    expect(typeof read === 'object' ? formatSelector(read) : read).toBe(expected);
  });

  it.each(["a == 'b' || c == 'd'", '!all()', "name starts with 'x'", "(a == 'b')", 'global()', '&&', 'a == b'])(
    '%j says what those cannot',
    (selector) => {
      expect(labelSelectorOf(selector)).toEqual(expect.any(String));
    },
  );
});
