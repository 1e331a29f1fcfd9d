import { styleText } from 'node:util';
import { stringify } from 'yaml';
import { formatJson } from '../resources/json-text.ts';
import { chosenColumns } from './choose-columns.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { printByPath } from './json-path.ts';
import { type SortableColumn, sortRows } from './sort-rows.ts';

export type Format = 'table' | 'wide' | 'json' | 'yaml' | 'name' | 'jsonpath';
/** As they are written after `-o`; of jsonpath the template follows. */
export const formats: readonly string[] = ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath='];

/** @throws CliError usage */
export function formatOf(text: string): Pick<Output, 'format' | 'template'> {
  if (text.startsWith('jsonpath=')) return { format: 'jsonpath', template: text.slice('jsonpath='.length) };
  if (text !== 'jsonpath=' && formats.includes(text)) return { format: text as Format };
  throw new CliError(`-o ${text}: there is no such format`, {
    code: 'usage',
    advice: `table, wide, json, yaml, name, jsonpath='{…}'`,
    exit: exitCodes.usage,
  });
}

/** A column of a table: its title, its text for a row, and whether only `wide` shows it. */
export interface Column<Row> extends SortableColumn<Row> {
  readonly wide?: boolean;
  /** What other commands call the row by, all that `-o name` shows; of one column. */
  readonly name?: (row: Row) => string;
}

export interface Output {
  readonly format: Format;
  readonly colour: boolean;
  /** What is printed of data as jsonpath. */
  readonly template?: string | undefined;
  /** Columns of the terminal; undefined: it is none, or no limit. */
  readonly width?: number | undefined;
  /** Title of the column in whose order rows are; with a dash before it, the other way round. */
  readonly sortBy?: string | undefined;
  /** Titles of the columns that a table has, in their order; undefined: the usual ones. */
  readonly columns?: string | undefined;
  /** Printed again when it is another: what changes with the clock alone is left out. */
  readonly isRepeated?: boolean;
  print(text: string): void;
}

/** Is the output for programs? */
export function isData({ format }: Pick<Output, 'format'>): boolean {
  return format === 'json' || format === 'yaml' || format === 'jsonpath';
}

/**
 * Rows as a table for people or as names for the next command, or as data for programs.
 * @param data what programs get, of the rows as they are sorted
 * @throws CliError usage: a column that is not there
 */
export function show<Row>(
  output: Output,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  data: object | ((rows: readonly Row[]) => unknown),
): void {
  const sorted = sortRows(output.sortBy, columns, rows);
  if (isData(output)) showData(output, typeof data === 'function' ? data(sorted) : data);
  else output.print(output.format === 'name' ? names(columns, sorted) : table(output, columns, sorted));
}

export function showData(output: Output, value: unknown): void {
  if (output.format === 'yaml') output.print(stringify(value));
  else if (output.format === 'jsonpath') output.print(printByPath(output.template ?? '', value));
  else output.print(`${formatJson(value, 2)}\n`);
}

/** Each once: a row is an address, and some things have two. */
function names<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const { name = () => '' } = columns.find((column) => column.name !== undefined) ?? {};
  return [...new Set(rows.map(name))].map((line) => `${line}\n`).join('');
}

const gap = '   ';

export function table<Row>(output: Output, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const { format, colour, width } = output;
  const timeless = output.isRepeated === true ? columns.filter(({ title }) => title !== 'AGE') : columns;
  const shown = chosenColumns(output.columns, output.columns === undefined ? timeless : columns, format === 'wide');
  const cells = [shown.map(({ title }) => title), ...rows.map((row) => shown.map(({ text }) => text(row)))];
  const longest = shown.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? '').length)));
  const widths = format === 'wide' || width === undefined ? longest : fitted(longest, width);
  return cells
    .map((line, number) => {
      const text = line
        .map((cell, index) => shortened(cell, widths[index] ?? 0))
        .map((cell, index) => (index === line.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join(gap);
      return `${number === 0 && colour ? styleText('bold', text) : text}\n`;
    })
    .join('');
}

/** A column is not cut to less than this: most names are told apart by so much. */
const leastWidth = 16;

/** The widest columns give way until a line fits: a terminal would break it inside of words. */
function fitted(longest: readonly number[], width: number): readonly number[] {
  const widths = [...longest];
  let over = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= leastWidth) return widths;
    widths[widths.indexOf(widest)] = widest - 1;
    over -= 1;
  }
  return widths;
}

function shortened(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}
