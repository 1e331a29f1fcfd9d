import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatJson, readJson } from './json-text.ts';

describe('JSON with counts larger than a number can say', () => {
  const status = { totalIPCount: 2n ** 63n - 1n, allocatedIPCount: 2, near: 2n ** 62n - 1n };

  it('is written and read to the last digit', () => {
    const text = formatJson({ status });
    expect(text).toBe(
      '{"status":{"totalIPCount":9223372036854775807,"allocatedIPCount":2,"near":4611686018427387903}}',
    );
    expect(isDeepStrictEqual(readJson(text), { status })).toBe(true);
    expect(readJson(formatJson({ status }, 2))).toEqual({ status });
  });

  it.each<[string, unknown]>([
    ['[9007199254740991]', [9007199254740991]],
    ['[9007199254740993]', [9007199254740993n]],
    ['[1e21]', [1e21]],
    ['{"a":"9223372036854775807","b":1.5}', { a: '9223372036854775807', b: 1.5 }],
    ['{"text":"[9223372036854775807]"}', { text: '[9223372036854775807]' }],
  ])('says only what it must as a bigint: %s', (text, value) => expect(readJson(text)).toEqual(value));

  it('says of a loop what JSON.stringify says', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(() => formatJson(loop)).toThrow(/circular/);
  });
});
