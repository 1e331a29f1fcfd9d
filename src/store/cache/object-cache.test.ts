import { describe, expect, it } from 'vitest';
import type { Stored } from '../../resources/resource.ts';
import { ObjectCache, type ObjectCacheOptions, whole } from './object-cache.ts';
import { type Thing, thing } from './testing/thing.ts';

const versionOf = ({ metadata }: Stored<Thing>): string => metadata.resourceVersion;
const named = (one: Stored<Thing> | undefined): string =>
  one === undefined ? '-' : `${one.metadata.name}@${one.metadata.resourceVersion}`;

/** A cache, and what it told of: `before → after`. */
function toldBy(options: ObjectCacheOptions<Thing, Stored<Thing>> = {}) {
  const told: string[] = [];
  const onChange = (before?: Stored<Thing>, after?: Stored<Thing>): void =>
    void told.push(`${named(before)} → ${named(after)}`);
  return { cache: new ObjectCache<Thing>(whole, { ...options, onChange }), told };
}

describe('an object cache', () => {
  it('has what was listed, put and not removed, and tells what became of each', () => {
    const { cache, told } = toldBy();
    expect(cache.isListed).toBe(false);
    cache.replace([thing('a', 1), thing('b', 2)]);
    cache.put(thing('a', 3));
    cache.put(thing('c', 4));
    cache.remove(thing('b', 5));
    cache.remove(thing('b', 5));
    expect([cache.isListed, cache.size, [...cache.values()].map(named)]).toEqual([true, 2, ['a@3', 'c@4']]);
    expect(told).toEqual(['- → a@1', '- → b@2', 'a@1 → a@3', '- → c@4', 'b@2 → -']);
  });

  it('finds by a list what went and what came while nobody looked', () => {
    const { cache, told } = toldBy({ versionOf });
    cache.replace([thing('a', 1), thing('b', 2)]);
    told.length = 0;
    cache.replace([thing('b', 2), thing('c', 3)]);
    expect(told).toEqual(['a@1 → -', '- → c@3']);
  });

  it('passes over what it is told again when it knows versions, and keeps it anew when it does not', () => {
    for (const [options, expected] of [
      [{ versionOf }, ['- → a@1']],
      [{}, ['- → a@1', 'a@1 → a@1']],
    ] as const) {
      const { cache, told } = toldBy(options);
      cache.put(thing('a', 1));
      cache.put(thing('a', 1));
      expect(told).toEqual(expected);
    }
  });

  it('tells objects of two namespaces apart', () => {
    const cache = new ObjectCache<Thing>(whole);
    cache.replace([thing('blue/a', 1), thing('green/a', 2)]);
    expect([...cache.keys()]).toEqual(['blue/a', 'green/a']);
    cache.remove(thing('blue/a', 3));
    expect([...cache.keys()]).toEqual(['green/a']);
  });

  it('keeps of an object what its user asks for, under the key that its user gives it', () => {
    const cache = new ObjectCache<Thing, string>(({ spec }) => spec.colour ?? '', {
      keyOf: ({ metadata }) => metadata.uid,
    });
    expect(cache.put(thing('a', 1, { uid: 'x', colour: 'blue' }))).toBeUndefined();
    expect(cache.put(thing('a', 2, { uid: 'x', colour: 'green' }))).toBe('blue');
    expect([...cache.entries()]).toEqual([['x', 'green']]);
    expect(cache.delete('x')).toBe('green');
  });
});

describe('an index of an object cache', () => {
  const colourOf = ({ spec }: Stored<Thing>): string | undefined => spec.colour;

  it('has the members of each group, as objects come, move and go', () => {
    const cache = new ObjectCache<Thing>(whole);
    cache.put(thing('a', 1, { colour: 'blue' }));
    const byColour = cache.indexBy(colourOf);
    const groups = (): unknown =>
      Object.fromEntries([...byColour.groups()].map((of) => [of, [...byColour.of(of).keys()]]));
    expect(groups()).toEqual({ blue: ['a'] });
    cache.put(thing('b', 2, { colour: 'blue' }));
    cache.put(thing('a', 3, { colour: 'green' }));
    cache.put(thing('c', 4));
    expect(groups()).toEqual({ green: ['a'], blue: ['b'] });
    cache.remove(thing('b', 5));
    expect(groups()).toEqual({ green: ['a'] });
    expect(byColour.of('blue').size).toBe(0);
  });

  it('has a change before anybody is told of it', () => {
    const sizes: number[] = [];
    const cache: ObjectCache<Thing> = new ObjectCache<Thing>(whole, {
      onChange: () => void sizes.push(byColour.of('blue').size),
    });
    const byColour = cache.indexBy(colourOf);
    cache.put(thing('a', 1, { colour: 'blue' }));
    cache.remove(thing('a', 2));
    expect(sizes).toEqual([1, 0]);
  });
});
