import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { exactly } from '../ipam/requested-address.ts';
import { together } from './together.ts';

const route = (dst: string) => ({ dst, gw: '10.0.0.1' });

describe('what several dialects say of one interface', () => {
  it('is what each says, where they speak of different things', () => {
    const requested = [exactly(parseAddress('10.0.0.9'))];
    expect(
      together('Pod "a/b"', [
        ['One', { requested }],
        ['Other', { cleanGateway: true }],
        ['Silent', {}],
      ]),
    ).toEqual({ requested, cleanGateway: true });
  });

  it('has the routes of all', () => {
    const said = together('Pod "a/b"', [
      ['One', { podRoutes: [route('10.1.0.0/16')] }],
      ['Other', { podRoutes: [route('10.2.0.0/16')] }],
    ]);
    expect(said).toEqual({ podRoutes: [route('10.1.0.0/16'), route('10.2.0.0/16')] });
  });

  it.each([
    ['source', { source: { kind: 'default' } }, 'from which pools addresses come'],
    ['stays', { stays: true }, 'whether the addresses stay'],
    ['requested', { requested: [] }, 'which addresses they are'],
  ] as const)('is refused where two say the same thing: %s', (_key, asked, what) => {
    const act = () =>
      together('Pod "a/b"', [
        ['One', asked],
        ['Other', asked],
      ]);
    expect(act).toThrow(`Pod "a/b": One and Other both say ${what}`);
  });
});
