import { compareAddresses, parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** What rows are sorted by, of a column. */
export interface SortableColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Absent: rows are sorted by the text, where numbers and addresses count as what they are. */
  readonly sortKey?: (row: Row) => number;
}

const collator = new Intl.Collator('en', { numeric: true });

/**
 * Rows in the order of a column; rows that are alike there stay as they are.
 * @param by title of a column, in any case; with a dash before it, the other way round; undefined: as they are
 * @throws CliError usage, with the titles that there are
 */
export function sortRows<Row>(
  by: string | undefined,
  columns: readonly SortableColumn<Row>[],
  rows: readonly Row[],
): readonly Row[] {
  if (by === undefined) return rows;
  const isReversed = by.startsWith('-');
  const wanted = (isReversed ? by.slice(1) : by).toUpperCase();
  const column = columns.find(({ title }) => title === wanted);
  if (column === undefined) {
    throw new CliError(`--sort-by ${by}: there is no such column`, {
      code: 'usage',
      advice: `columns: ${columns.map(({ title }) => title.toLowerCase()).join(', ')}`,
      exit: exitCodes.usage,
    });
  }
  const { sortKey, text } = column;
  const compare = (a: Row, b: Row): number =>
    sortKey === undefined ? compareTexts(text(a), text(b)) : sortKey(a) - sortKey(b);
  return rows.toSorted((a, b) => (isReversed ? compare(b, a) : compare(a, b)));
}

/** Numbers by size, addresses by their place, names with numbers as people count. */
function compareTexts(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(BigInt(a) - BigInt(b));
  const [one, other] = [addressOf(a), addressOf(b)];
  if (one !== undefined && other !== undefined) return compareAddresses(one, other);
  return collator.compare(a, b);
}

function addressOf(text: string) {
  return (
    readable(text, parseAddress) ??
    readable(text, (one) => parsePrefix(one).address) ??
    readable(text.split('/')[0], parseAddress)
  );
}
