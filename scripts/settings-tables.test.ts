import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ciliumSettings } from '../src/config/cilium-settings.ts';
import { controllerSettings } from '../src/config/controller-settings.ts';
import { daemonSettings } from '../src/config/daemon-settings.ts';
import { pagesWithSettings, withSettings } from './settings-tables.ts';

const read = (page: string) => readFileSync(`docs/${page}`, 'utf8');

describe('the tables of settings in the documentation', () => {
  it.each(pagesWithSettings)('of %s are made of the rows (else: make generate)', (page) => {
    expect(read(page)).toContain('<!-- settings of ');
    expect(read(page)).toBe(withSettings(read(page)));
  });

  it.each([
    ['daemon.md', daemonSettings],
    ['controller.md', controllerSettings],
    ['cilium.md', ciliumSettings],
  ])('of %s have every setting', (page, rows) => {
    const keys = Object.values(rows).map((row) => ('key' in row ? `| \`${row.key}\`` : `| \`--${row.flag}\``));
    expect(keys.filter((key) => !read(page).includes(key))).toEqual([]);
  });

  it('are refused of settings that there are none of', () => {
    expect(() => withSettings('<!-- settings of daemon: rafft. -->\n<!-- end of settings -->')).toThrow(/rafft/);
  });
});
