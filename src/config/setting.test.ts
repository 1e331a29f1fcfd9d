import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flagsOf, numberOf, settings, settingsReader } from './setting.ts';

const rows = settings({
  name: { key: 'a.name', flag: 'the-name', argument: '<name>', schema: z.string(), usual: 'the host name', help: 'x' },
  size: {
    key: 'a.size',
    flag: 'size',
    argument: '<n>',
    schema: z.int().max(9),
    fromFlag: numberOf,
    default: 3,
    help: 'y',
  },
  home: { key: 'home', alias: 'a.home', schema: z.string(), default: '/usual', help: 'z' },
  now: { flag: 'now', schema: z.boolean(), default: false, help: 'only by a flag' },
});
const read = settingsReader(rows);
const values = (text: string, flags = {}) => read(text, 'file.yaml', flags)();

describe('settings', () => {
  it.each<[string, string, Parameters<typeof read>[2], object]>([
    ['have their defaults, or nothing', '', {}, { name: undefined, size: 3, home: '/usual', now: false }],
    ['are what the file says', 'a: {name: n, size: 4}\nhome: /h', {}, { name: 'n', size: 4, home: '/h' }],
    ['are what a flag says before the file', 'a: {size: 4}', { size: '5', theName: 'f' }, { name: 'f', size: 5 }],
    ['may have another place in the file', 'a: {home: /other}', {}, { home: '/other' }],
    ['have one that counts of two places', 'home: /h\na: {home: /other}', {}, { home: '/h' }],
    ['may be on the command line only', '', { now: true }, { now: true }],
    ['may be false though the default is not', 'a: {size: 0}', {}, { size: 0 }],
  ])('%s', (_what, text, flags, expected) => expect(values(text, flags)).toMatchObject(expected));

  it.each<[string, string, object, string]>([
    ['an unknown key', 'b: 1', {}, 'file.yaml: unknown key "b"; known keys: a, home'],
    ['an unknown key of a section', 'a: {nam: x}', {}, 'file.yaml: a: unknown key "nam"; known keys: name, size, home'],
    ['a section that is none', 'a: 1', {}, 'file.yaml: a: must be an object (got 1)'],
    ['a value that is none', 'a: {size: 10}', {}, 'file.yaml: a.size: must be at most 9 (got 10)'],
    ['a flag whose value is none', '', { size: 'big' }, 'command line: a.size: must be a number (got "big")'],
    ['what is no YAML', 'a: [', {}, 'file.yaml'],
  ])('are refused for %s', (_what, text, flags, says) => expect(() => values(text, flags)).toThrow(says));

  it('are flags with their defaults in the help', () => {
    expect(flagsOf(rows)).toEqual([
      { flags: '--the-name <name>', help: 'x (default: the host name)' },
      { flags: '--size <n>', help: 'y (default: 3)' },
      { flags: '--now', help: 'only by a flag' },
    ]);
  });

  it('have defaults that their own schemas take', () => {
    expect(() => settingsReader({ size: { ...rows.size, default: 10 } })).toThrow('the default of a.size');
  });
});
