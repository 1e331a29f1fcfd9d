import { describe, expect, it } from 'vitest';
import { chosenColumns } from './choose-columns.ts';

const columns = [{ title: 'NAME' }, { title: 'USED' }, { title: 'PARKED', wide: true }];

describe('the columns of a table', () => {
  it.each<[string, string | undefined, boolean, readonly string[]]>([
    ['are the usual ones', undefined, false, ['NAME', 'USED']],
    ['are all of them', undefined, true, ['NAME', 'USED', 'PARKED']],
    ['are those that are named, in their order, also of the wide ones', 'parked, name', false, ['PARKED', 'NAME']],
  ])('%s', (_what, titles, isWide, shown) =>
    expect(chosenColumns(titles, columns, isWide).map(({ title }) => title)).toEqual(shown),
  );

  it('are named to whoever wants another', () => {
    expect(() => chosenColumns('name,size', columns, false)).toThrow('--columns name,size: there is no column "size"');
  });
});
