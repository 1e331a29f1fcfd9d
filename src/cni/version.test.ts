import { describe, expect, it } from 'vitest';
import { isAtLeast, requireVerb, supportedVersions, type Verb, versionOf } from './version.ts';

describe('the version of a configuration', () => {
  it.each(supportedVersions)('may be %s', (version) => expect(versionOf(version)).toBe(version));
  it.each([undefined, ''])('is the first one when it is not named: %j', (text) =>
    expect(versionOf(text)).toBe('0.1.0'),
  );
  it.each(['1.2.0', '0.4', 'v1.0.0'])('is refused: %s', (text) => {
    expect(() => versionOf(text)).toThrow(`cniVersion "${text}" is not supported`);
  });

  it('grows', () => {
    expect(isAtLeast('1.0.0', '0.4.0')).toBe(true);
    expect(isAtLeast('0.3.1', '0.4.0')).toBe(false);
    expect(isAtLeast('0.4.0', '0.4.0')).toBe(true);
  });

  it.each<[Verb, string, string]>([
    ['CHECK', '0.3.1', '0.4.0'],
    ['GC', '1.0.0', '1.1.0'],
    ['STATUS', '1.0.0', '1.1.0'],
    ['VERSION', '0.1.0', '0.2.0'],
  ])('decides which verbs there are: no %s in %s', (verb, early, since) => {
    expect(() => requireVerb(verb, versionOf(early))).toThrow(`${verb} needs cniVersion ${since} or later`);
    expect(() => requireVerb(verb, versionOf(since))).not.toThrow();
  });
});
