import { styleText } from 'node:util';
import { stringify } from 'yaml';
import { formatJson } from '../resources/json-text.ts';

export type Format = 'table' | 'wide' | 'json' | 'yaml';
export const formats: readonly Format[] = ['table', 'wide', 'json', 'yaml'];

/** A column of a table: its title, its text for a row, and whether only `wide` shows it. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly wide?: boolean;
}

export interface Output {
  readonly format: Format;
  readonly colour: boolean;
  print(text: string): void;
}

/** Is the output for programs? */
export function isData({ format }: Pick<Output, 'format'>): boolean {
  return format === 'json' || format === 'yaml';
}

/** Rows as a table for people, or `value` as data for programs. */
export function show<Row>(output: Output, columns: readonly Column<Row>[], rows: readonly Row[], value: unknown): void {
  if (isData(output)) showData(output, value);
  else output.print(table(output, columns, rows));
}

export function showData(output: Output, value: unknown): void {
  output.print(output.format === 'yaml' ? stringify(value) : `${formatJson(value, 2)}\n`);
}

function table<Row>({ format, colour }: Output, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ wide }) => wide !== true || format === 'wide');
  const cells = [shown.map(({ title }) => title), ...rows.map((row) => shown.map(({ text }) => text(row)))];
  const widths = shown.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? '').length)));
  return cells
    .map((line, number) => {
      const text = line
        .map((cell, index) => (index === line.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join('   ');
      return `${number === 0 && colour ? styleText('bold', text) : text}\n`;
    })
    .join('');
}
