import { describe, expect, it } from 'vitest';
import { type SortableColumn, sortRows } from './sort-rows.ts';

interface Row {
  readonly name: string;
  readonly value: string;
}
const columns: readonly SortableColumn<Row>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'VALUE', text: ({ value }) => value },
  { title: 'LENGTH', text: ({ name }) => `${name.length} letters`, sortKey: ({ name }) => name.length },
];
const rowsOf = (values: readonly string[]) => values.map((value, n) => ({ name: `row${n}`, value }));
const sorted = (by: string, values: readonly string[]) =>
  sortRows(by, columns, rowsOf(values)).map(({ value }) => value);

describe('rows in the order of a column', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['numbers', ['10', '9', '18446744073709551614', '2'], ['2', '9', '10', '18446744073709551614']],
    ['addresses', ['10.0.0.10/24', '10.0.0.9/24', '9.0.0.1/8'], ['9.0.0.1/8', '10.0.0.9/24', '10.0.0.10/24']],
    [
      'prefixes',
      ['fd00:0:0:a::/64', 'fd00:0:0:9::/64', '10.2.0.0/16'],
      ['10.2.0.0/16', 'fd00:0:0:9::/64', 'fd00:0:0:a::/64'],
    ],
    ['names', ['node10', 'node9', 'Node1'], ['Node1', 'node9', 'node10']],
  ])('of %s', (_what, values, expected) => expect(sorted('value', values)).toEqual(expected));

  it('is turned round by a dash, goes by a key where the text is none, and leaves the alike as they were', () => {
    expect(sorted('-VALUE', ['1', '3', '2'])).toEqual(['3', '2', '1']);
    const rows = [
      { name: 'aaa', value: 'x' },
      { name: 'b', value: 'y' },
      { name: 'ccc', value: 'z' },
    ];
    expect(sortRows('length', columns, rows).map(({ value }) => value)).toEqual(['y', 'x', 'z']);
    expect(sortRows(undefined, columns, rows)).toBe(rows);
  });

  it('names the columns that there are', () => {
    expect(() => sortRows('size', columns, [])).toThrow('--sort-by size: there is no such column');
  });
});
