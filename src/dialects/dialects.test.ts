import { describe, expect, it } from 'vitest';
import { dialects } from './dialects.ts';

/** Keys that several dialects have. */
function shared(keysOf: (dialect: (typeof dialects)[number]) => readonly string[]): readonly string[] {
  const all = dialects.flatMap((dialect) => [...new Set(keysOf(dialect))]);
  return all.filter((key, index) => all.indexOf(key) !== index);
}

describe('the dialects', () => {
  it('have names of their own', () => expect(shared(({ name }) => [name])).toEqual([]));

  it('read no key of ipam that another one reads', () => {
    expect(shared(({ configuration }) => Object.keys(configuration?.keys ?? {}))).toEqual([]);
    expect(shared(({ configuration }) => Object.keys(configuration?.runtimeKeys ?? {}))).toEqual([]);
    expect(shared(({ configuration }) => configuration?.programs ?? [])).toEqual([]);
  });

  it('refuse no key of ipam that one of them reads', () => {
    const read = dialects.flatMap(({ configuration }) => Object.keys(configuration?.keys ?? {}));
    const refused = dialects.flatMap(({ unsupported }) => Object.keys(unsupported?.keys ?? {}));
    expect(refused.filter((key) => read.includes(key))).toEqual([]);
    expect(refused.filter((key) => key !== key.toLowerCase())).toEqual([]);
  });

  it('say where every key is that Go reads otherwise than others', () => {
    for (const { configuration } of dialects) {
      const { keys = {}, places = {}, runtimeKeys = {}, runtimePlaces = {} } = configuration ?? {};
      expect(Object.keys(places).filter((key) => !(key in keys))).toEqual([]);
      expect(Object.keys(runtimePlaces).filter((key) => !(key in runtimeKeys))).toEqual([]);
    }
  });
});
