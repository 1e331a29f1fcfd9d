import { describe, expect, it } from 'vitest';
import { formatSelector, isSelected, type LabelSelector, labelSelectorSchema } from './label-selector.ts';

describe('label selectors', () => {
  const labels = { app: 'web', zone: 'a' };
  const expression = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values?: string[]) => ({
    matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
  });

  it.each<[string, LabelSelector, boolean]>([
    ['an empty selector', {}, true],
    ['equal labels', { matchLabels: { app: 'web' } }, true],
    ['another value', { matchLabels: { app: 'db' } }, false],
    ['a label that is not there', { matchLabels: { tier: 'x' } }, false],
    ['In with the value', expression('zone', 'In', ['a', 'b']), true],
    ['In without the value', expression('zone', 'In', ['b']), false],
    ['NotIn with the value', expression('zone', 'NotIn', ['a']), false],
    ['NotIn of a label that is not there', expression('tier', 'NotIn', ['a']), true],
    ['Exists', expression('zone', 'Exists'), true],
    ['DoesNotExist', expression('zone', 'DoesNotExist'), false],
    ...['constructor', 'toString', '__proto__'].flatMap((key): [string, LabelSelector, boolean][] => [
      [`Exists of ${key}, which every object has and no Pod`, expression(key, 'Exists'), false],
      [`DoesNotExist of ${key}`, expression(key, 'DoesNotExist'), true],
      [`NotIn of ${key}`, expression(key, 'NotIn', ['a']), true],
    ]),
    [
      'labels and expressions, one of which fails',
      { matchLabels: { app: 'web' }, ...expression('zone', 'NotIn', ['a']) },
      false,
    ],
  ])('%s', (_name, selector, selected) => expect(isSelected(labels, selector)).toBe(selected));

  it('find labels whose names every object has', () => {
    const own = JSON.parse('{"constructor":"x","__proto__":"y"}');
    expect(isSelected(own, expression('constructor', 'In', ['x']))).toBe(true);
    expect(isSelected(own, expression('__proto__', 'Exists'))).toBe(true);
    expect(isSelected(own, { matchLabels: { constructor: 'x' } as never })).toBe(true);
  });

  it('are written as kubectl writes them', () => {
    const selector = { matchLabels: { app: 'web' }, ...expression('zone', 'In', ['a', 'b']) };
    expect(formatSelector(selector)).toBe('app=web,zone in (a,b)');
  });

  it('refuse values where the operator takes none, and none where it needs some', () => {
    expect(labelSelectorSchema.safeParse(expression('zone', 'Exists', ['a'])).success).toBe(false);
    expect(labelSelectorSchema.safeParse(expression('zone', 'In')).success).toBe(false);
  });
});
