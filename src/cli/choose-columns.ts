import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

interface TitledColumn {
  readonly title: string;
  readonly wide?: boolean;
}

/**
 * The columns of a table.
 * @param titles with commas between them, in any case: those, in their order; undefined: the usual ones
 * @param isWide all of them
 * @throws CliError usage, with the titles that there are
 */
export function chosenColumns<Column extends TitledColumn>(
  titles: string | undefined,
  columns: readonly Column[],
  isWide: boolean,
): readonly Column[] {
  if (titles === undefined) return columns.filter(({ wide }) => wide !== true || isWide);
  return titles.split(',').map((text) => {
    const found = columns.find(({ title }) => title === text.trim().toUpperCase());
    if (found !== undefined) return found;
    throw new CliError(`--columns ${titles}: there is no column "${text.trim()}"`, {
      code: 'usage',
      advice: `columns: ${columns.map(({ title }) => title.toLowerCase()).join(', ')}`,
      exit: exitCodes.usage,
    });
  });
}
