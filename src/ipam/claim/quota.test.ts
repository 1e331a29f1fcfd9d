import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { isLimited, limitInPool, namespaceQuota, quotaAnnotation, quotaRefused, requireWithinQuota } from './quota.ts';

const pool = (spec: object = {}, name = 'blue') =>
  parsePool({
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name },
    spec: { subnet: '10.6.0.0/24', ...spec },
  });
const told = (text: string, usual?: number) => namespaceQuota('shop', { [quotaAnnotation]: text }, usual);
const countOf = (text: string | undefined, usual?: number, own?: number) => {
  const quota = text === undefined ? namespaceQuota('shop', {}, usual) : told(text, usual);
  return [quota.inAll?.count, limitInPool(pool(own === undefined ? {} : { namespaceQuota: own }), quota)?.count];
};

describe('the quota of a namespace', () => {
  it.each<[string, string | undefined, number | undefined, number | undefined, (number | undefined)[]]>([
    ['is none where nobody says one', undefined, undefined, undefined, [undefined, undefined]],
    ["is the daemon's where the namespace says nothing", undefined, 50, undefined, [50, undefined]],
    ["is the pool's where the namespace says nothing of it", undefined, undefined, 20, [undefined, 20]],
    ['is what the namespace says, in all', '100', 50, 20, [100, 20]],
    ['is what the namespace says of a pool', ' blue = 5 ', 50, 20, [50, 5]],
    ['is both', '100, blue=5,red=6', undefined, undefined, [100, 5]],
    ['may be nothing at all', '0', undefined, undefined, [0, undefined]],
    ['may be lifted for one namespace', 'unlimited, blue=unlimited', 50, 20, [undefined, undefined]],
  ])('%s', (_, text, usual, own, expected) => expect(countOf(text, usual, own)).toEqual(expected));

  it.each<[string, string, string]>([
    ['is empty', '', 'must be a number from 0 to 1000000000, or "unlimited" (got "'],
    ['is a word', 'many', 'must be a number from 0 to 1000000000, or "unlimited" (got "'],
    ['is negative', '-1', 'must be a number from 0 to 1000000000, or "unlimited" (got "'],
    ['is a fraction', '1.5', 'must be a number from 0 to 1000000000, or "unlimited" (got "'],
    ['has a leading zero', '010', 'must be a number from 0 to 1000000000, or "unlimited" (got "'],
    ['is too large', '1000000001', 'must be a number from 0 to 1000000000, or "unlimited" (got "'],
    ['is too long to be a number', '9'.repeat(400), 'must be a number from'],
    ['stands twice', '1, 2', 'two numbers in all'],
    ['says a pool twice', 'blue=1, blue=2', 'pool "blue" stands twice'],
    ['has a comma too many', '1,', 'two numbers in all'],
    ['names no pool', '=5', '"" is not a valid name of a pool (got "=5")'],
    ['names what can be no pool', 'Blue=5', '"Blue" is not a valid name of a pool'],
    [
      'says nothing of a pool',
      'blue=',
      'pool "blue": must be a number from 0 to 1000000000, or "unlimited" (got "blue=")',
    ],
  ])('is refused when it %s', (_, text, says) => {
    let error: unknown;
    try {
      told(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'invalid-config', message: expect.stringContaining(says) });
    expect((error as IpamError).message).toMatch(/^Namespace "shop": annotation berth\.network\/address-quota: /);
  });

  it('needs no counting where there is none', () => {
    expect([isLimited(pool(), told('blue=1')), isLimited(pool({}, 'red'), told('blue=1'))]).toEqual([true, false]);
    expect(isLimited(pool({}, 'red'), told('9'))).toBe(true);
  });

  it.each<[string, string, object, { inPool: number; inAll: number }, string | undefined]>([
    ['one is left', '3', {}, { inPool: 0, inAll: 2 }, undefined],
    [
      'none is left in all',
      '3',
      {},
      { inPool: 0, inAll: 3 },
      'namespace "shop" holds 3 addresses in all, and may hold 3 (annotation berth.network/address-quota)',
    ],
    [
      'none is left of the pool',
      '9',
      { namespaceQuota: 1 },
      { inPool: 1, inAll: 2 },
      'namespace "shop" holds 1 address of pool "blue", and may hold 1 (spec.namespaceQuota)',
    ],
    [
      'it was lowered',
      'blue=1',
      {},
      { inPool: 4, inAll: 4 },
      'namespace "shop" holds 4 addresses of pool "blue", and may hold 1 (annotation berth.network/address-quota)',
    ],
  ])('when %s', (_, text, spec, holding, says) => {
    const act = () => requireWithinQuota(pool(spec), told(text), holding);
    if (says === undefined) expect(act).not.toThrow();
    else expect(act).toThrow(says);
  });

  it('is told together with the pools that are full, each once', () => {
    const refusal = new IpamError('quota-exceeded', 'q', { advice: 'a', facts: { used: 1 } });
    const attempt = { pool: pool({}, 'red'), used: 2n, total: 2n, reason: 'every address is taken' };
    expect(quotaRefused([refusal, refusal], [attempt])).toMatchObject({
      code: 'quota-exceeded',
      message: 'q; "red" has 2 of 2 in use: every address is taken',
      advice: 'a',
      facts: { used: 1 },
    });
  });
});
