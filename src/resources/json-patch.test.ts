import { describe, expect, it } from 'vitest';
import { jsonPatch } from './json-patch.ts';

describe('a JSON patch', () => {
  it.each<[string, object, object, object[]]>([
    ['adds what is new', {}, { a: 1 }, [{ op: 'add', path: '/a', value: 1 }]],
    ['removes what is gone', { a: 1 }, {}, [{ op: 'remove', path: '/a' }]],
    ['goes into objects', { a: { b: 1 } }, { a: { b: 2 } }, [{ op: 'replace', path: '/a/b', value: 2 }]],
    [
      'adds a label whose name every object has',
      { labels: {} },
      { labels: { constructor: 'x' } },
      [{ op: 'add', path: '/labels/constructor', value: 'x' }],
    ],
    ['removes one', { labels: { toString: 'x' } }, { labels: {} }, [{ op: 'remove', path: '/labels/toString' }]],
  ])('%s', (_name, before, after, steps) => expect(jsonPatch(before, after)).toEqual(steps));
});
