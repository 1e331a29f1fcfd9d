import { describe, expect, it } from 'vitest';
import { isExcluded, labelSelector, selectorQuery } from './label-selector.ts';

describe('the selector of Pods whose addresses stay', () => {
  it.each([
    ['{"matchLabels":{"noStatic":"true"}}', 'noStatic=true'],
    ['{"matchExpressions":[{"key":"fixed-ip","operator":"In","values":["true","yes"]}]}', 'fixed-ip in (true,yes)'],
    ['{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}]}', 'a notin (b)'],
    ['{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"c","operator":"Exists"}]}', 'a=b,c'],
    ['{"matchExpressions":[{"key":"c","operator":"DoesNotExist"}]}', '!c'],
    ['{}', ''],
  ])('%s asks an API server for %j', (text, query) =>
    expect(selectorQuery(labelSelector.parse(JSON.parse(text)))).toBe(query),
  );

  it.each([
    '{"matchLabel":{}}',
    '{"matchExpressions":[{"key":"a","operator":"In"}]}',
    '{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}',
    '{"matchExpressions":[{"key":"a","operator":"Near"}]}',
  ])('is refused as %s', (text) => expect(labelSelector.safeParse(JSON.parse(text)).success).toBe(false));

  it.each([
    [{ dbbranch: 'test-7' }, true],
    [{ 'example.com/DBBranch': 'staging-1' }, true],
    [{ dbbranch: 'main' }, false],
    [{ branch: 'test-7' }, false],
    [{}, false],
  ])('leaves out %j: %s', (labels, expected) => expect(isExcluded(labels, ['test-', 'staging-'])).toBe(expected));
});
