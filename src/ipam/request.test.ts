import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { type InterfaceRequest, refuseUnserved } from './request.ts';

const plain: InterfaceRequest = { source: { kind: 'default' }, families: [], requested: [] };

describe('what a request can carry and nothing does yet', () => {
  it.each<[string, Partial<InterfaceRequest>, string]>([
    [
      'an address that is to stay',
      { stays: true },
      'an address that stays when its Pod is made anew, which comes with',
    ],
    [
      'a gateway',
      { gateways: [parseAddress('10.0.0.1')] },
      'a gateway of its own (10.0.0.1), which comes with a later',
    ],
  ])('is refused: %s', (_what, asked, says) => {
    expect(() => refuseUnserved({ ...plain, ...asked })).toThrow(`the request asks for ${says}`);
  });

  it('is not what anybody asks for today', () => {
    expect(() => refuseUnserved({ ...plain, requested: [parseAddress('10.0.0.9')], stays: false })).not.toThrow();
  });
});
