import { describe, expect, it } from 'vitest';
import { age, poolColumns } from './columns.ts';
import { type Column, type Format, show } from './output.ts';

const columns: readonly Column<{ readonly name: string; readonly node: string }>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'NODE', text: ({ node }) => node, wide: true },
  { title: 'X', text: () => '1' },
];
const rows = [
  { name: 'a', node: 'node1' },
  { name: 'longer', node: 'n' },
];

function shown(format: Format, of: readonly (typeof rows)[number][] = rows): string {
  let text = '';
  show({ format, colour: false, print: (more) => (text += more) }, columns, of, of);
  return text;
}

describe('what ipam-cli prints', () => {
  it.each<[Format, string]>([
    ['table', 'NAME     X\na        1\nlonger   1\n'],
    ['wide', 'NAME     NODE    X\na        node1   1\nlonger   n       1\n'],
    ['yaml', '- name: a\n  node: node1\n- name: longer\n  node: n\n'],
  ])('is in columns, or for programs: %s', (format, text) => expect(shown(format)).toBe(text));

  it('is JSON for programs', () => expect(JSON.parse(shown('json'))).toEqual(rows));
  it('has the titles also where there is nothing', () => expect(shown('table', [])).toBe('NAME   X\n'));
  it.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [7199, '119m'],
    [7200, '2h'],
    [172_799, '47h'],
    [172_800, '2d'],
    [-5, '0s'],
  ])('tells an age of %s s as %s', (seconds, text) => expect(age(0, seconds * 1000)).toBe(text));

  it.each([
    [{ terminating: true, disabled: true }, 'terminating'],
    [{ terminating: false, disabled: true }, 'disabled'],
    [{ terminating: false, disabled: false }, 'active'],
  ])('tells the state of a pool: %j', (pool, state) => {
    const column = poolColumns.find(({ title }) => title === 'STATE');
    expect(column?.text(pool as Parameters<typeof column.text>[0])).toBe(state);
  });
});

describe('what ipam-cli prints on request', () => {
  it('is names, each once', () => {
    const named: readonly Column<(typeof rows)[number]>[] = [
      { ...columns[0], name: ({ node }) => `x/${node}` } as Column<(typeof rows)[number]>,
    ];
    let text = '';
    show({ format: 'name', colour: false, print: (more) => (text += more) }, named, [...rows, ...rows], rows);
    expect(text).toBe('x/node1\nx/n\n');
  });

  it.each([
    [60, '10.244.0.5/24   a-very-long-namespace/with-a-very-long-name'],
    [44, '10.244.0.5/24   a-very-long-namespace/with-…'],
    [10, '10.244.0.5/24   a-very-long-nam…'],
  ])('fits a terminal of %i columns, as far as it can', (width, line) => {
    const [address, pod] = ['10.244.0.5/24', 'a-very-long-namespace/with-a-very-long-name'];
    const wide: readonly Column<object>[] = [
      { title: 'ADDRESS', text: () => address },
      { title: 'POD', text: () => pod },
    ];
    const print = (format: Format) => {
      let text = '';
      show({ format, colour: false, width, print: (more) => (text += more) }, wide, [{}], []);
      return text.split('\n')[1];
    };
    expect(print('table')).toBe(line);
    expect(print('wide')).toBe(`${address}   ${pod}`);
  });

  it('is sorted for programs as for people', () => {
    let text = '';
    const data = (sorted: readonly (typeof rows)[number][]) => sorted.map(({ name }) => name);
    show({ format: 'json', colour: false, sortBy: '-name', print: (more) => (text += more) }, columns, rows, data);
    expect(JSON.parse(text)).toEqual(['longer', 'a']);
  });
});
