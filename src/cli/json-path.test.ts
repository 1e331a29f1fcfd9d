import { describe, expect, it } from 'vitest';
import { printByPath } from './json-path.ts';

const data = {
  items: [
    { metadata: { name: 'small', labels: { 'app.io/name': 'x' } }, spec: { size: 8, ips: ['10.0.0.1', '10.0.0.2'] } },
    { metadata: { name: 'big' }, spec: { size: 256, default: true } },
  ],
};

describe('-o jsonpath', () => {
  it.each<[string, string, string]>([
    ['one value', '{.items[0].metadata.name}', 'small'],
    ['several, with a space between', '{.items[*].metadata.name}', 'small big'],
    [
      'numbers and what is in them as JSON',
      '{.items[*].spec.size} {.items[0].spec.ips}',
      '8 256 ["10.0.0.1","10.0.0.2"]',
    ],
    ['text around, and escapes', 'a {"{b}\\n"}c', 'a {b}\nc'],
    ['a line for each', '{range .items[*]}{.metadata.name}{"\\t"}{.spec.size}{"\\n"}{end}', 'small\t8\nbig\t256\n'],
    ['the last', '{.items[-1].metadata.name}', 'big'],
    ['some', '{.items[0].spec.ips[1:]}', '10.0.0.2'],
    ['keys with dots', "{.items[0].metadata.labels.app\\.io/name}{.items[0].metadata.labels['app.io/name']}", 'xx'],
    ['those that fit', '{.items[?(@.spec.size>8)].metadata.name}', 'big'],
    ['those of a name', '{.items[?(@.metadata.name=="small")].spec.size}', '8'],
    ['those that are so', '{.items[?(@.spec.default==true)].metadata.name}', 'big'],
    ['nothing of what is not there', '[{.items[7].spec.none.of}]', '[]'],
    ['nothing that an object has by its kind', '{.constructor.name}', ''],
    ['all of a map', '{.items[0].metadata.*}', 'small {"app.io/name":"x"}'],
    ['a root by its sign', '{$.items[0].spec.size}', '8'],
  ])('prints %s', (_what, template, text) => expect(printByPath(template, data)).toBe(text));

  it('prints a list whose root is one', () => {
    expect(printByPath('{range [*]}{.name}{"\\n"}{end}', [{ name: 'a' }, { name: 'b' }])).toBe('a\nb\n');
  });

  it.each([
    ['{.a', 'a brace is not closed'],
    ['{range .a}', '{range} without {end}'],
    ['{end}', '{end} without {range}'],
    ['{.a[}', '"[" is no step of a path'],
    ['{..a}', '"..a" is no step of a path'],
  ])('refuses %s, and says why', (template, why) => expect(() => printByPath(template, {})).toThrow(why));
});
