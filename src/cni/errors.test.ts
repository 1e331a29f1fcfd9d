import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { cniError, errorAnswer, undecodableConfig } from './errors.ts';

describe('an error as a runtime gets it', () => {
  it.each<[string, IpamError, number]>([
    ['a version that is not spoken', new IpamError('incompatible-version', 'x'), 1],
    ['a key that is not served', new IpamError('unsupported-field', 'x'), 2],
    ['what the caller says of itself', new IpamError('not-found', 'x', { facts: { cniCode: 3 } }), 3],
    ['a variable that is wrong', new IpamError('invalid-argument', 'x', { facts: { source: 'environment' } }), 4],
    ['what is not JSON', undecodableConfig('x'), 6],
    ['a wrong configuration', new IpamError('invalid-config', 'x'), 7],
    ['a daemon that starts: try again later', new IpamError('not-ready', 'x'), 11],
    ['a store that is unreachable: try again later', new IpamError('store-unavailable', 'x'), 11],
    ['no address left', new IpamError('pool-exhausted', 'x'), 100],
    ['an address of somebody else', new IpamError('address-taken', 'x'), 101],
  ])('has its code: %s', (_what, error, code) => expect(cniError(error, '1.0.0')).toMatchObject({ code, msg: 'x' }));

  it('says what to do in the details, and has none where there is nothing to say', () => {
    expect(cniError(new IpamError('invalid-config', 'x', { advice: 'do y' }), '1.0.0').details).toBe('do y');
    expect(cniError(new IpamError('invalid-config', 'x'), '1.0.0')).not.toHaveProperty('details');
  });

  it('says that a fault of ours is one', () => {
    expect(cniError(new TypeError('undefined'), '0.4.0')).toMatchObject({
      code: 199,
      details: expect.stringContaining('bug'),
    });
  });

  it('is printed in the version that was asked in, and ends with status 1', () => {
    const answer = errorAnswer(new IpamError('pool-exhausted', 'x'), '0.3.1');
    expect(answer).toMatchObject({ type: 'print', exit: 1 });
    expect(JSON.parse('stdout' in answer ? answer.stdout : '')).toMatchObject({ cniVersion: '0.3.1', code: 100 });
  });
});
