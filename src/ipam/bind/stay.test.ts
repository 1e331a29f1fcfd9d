import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { stayOf } from './stay.ts';

const places = {
  origin: 'CNI_ARGS',
  names: { identity: 'IDENTITY', keep: 'KEEP' },
  code: 'invalid-argument',
} as const;

describe('what is asked of an address that is to stay', () => {
  it.each<[string, { identity?: string; keep?: string }, object | undefined]>([
    ['nothing', {}, undefined],
    ['an identity, until it is released', { identity: 'db' }, { identity: 'db', for: 'released' }],
    ['the same in words', { identity: 'db', keep: 'true' }, { identity: 'db', for: 'released' }],
    ['in any case, as strconv.ParseBool has it', { identity: 'db', keep: 'TRUE' }, { identity: 'db', for: 'released' }],
    ['half a day', { identity: 'db', keep: '12h' }, { identity: 'db', for: 43_200_000 }],
    ['seconds', { keep: '90s' }, { for: 90_000 }],
    ['that it goes with this container', { identity: 'db', keep: 'false' }, { identity: 'db', for: 'container' }],
    ['that nothing stays, for nobody', { keep: '0' }, undefined],
    ['a Pod by its name', { keep: '1' }, { for: 'released' }],
  ])('%s', (_, texts, expected) => {
    expect(stayOf({ ...places, ...texts })).toEqual(expected && { ...expected, origin: 'CNI_ARGS' });
  });

  const noName = 'is not the name of an identity';
  const noTime = 'says neither whether nor how long';
  it.each<[string, { identity?: string; keep?: string }, string]>([
    ['an empty name', { identity: '' }, `CNI_ARGS: IDENTITY "" ${noName}`],
    ['a path', { identity: 'shop/db' }, `CNI_ARGS: IDENTITY "shop/db" ${noName}`],
    ['white space', { identity: 'my db' }, `CNI_ARGS: IDENTITY "my db" ${noName}`],
    ['a control character', { identity: 'db\u0007' }, `CNI_ARGS: IDENTITY "db\\u0007" ${noName}`],
    ['too long a name', { identity: 'x'.repeat(254) }, `CNI_ARGS: IDENTITY "${'x'.repeat(80)}" ${noName}`],
    ['a word', { keep: 'yes' }, `CNI_ARGS: KEEP "yes" ${noTime}`],
    ['an empty text', { keep: '' }, `CNI_ARGS: KEEP "" ${noTime}`],
    ['no unit', { keep: '90' }, `CNI_ARGS: KEEP "90" ${noTime}`],
    ['a unit that is none', { keep: '3w' }, `CNI_ARGS: KEEP "3w" ${noTime}`],
    ['no time at all', { keep: '0s' }, `CNI_ARGS: KEEP "0s" ${noTime}`],
    ['less than none', { keep: '-5m' }, `CNI_ARGS: KEEP "-5m" ${noTime}`],
    ['more than a hundred years', { keep: '36501d' }, `CNI_ARGS: KEEP "36501d" ${noTime}`],
    ['a fraction', { keep: '1.5h' }, `CNI_ARGS: KEEP "1.5h" ${noTime}`],
  ])('is refused for %s', (_, texts, message) => {
    const asking = () => stayOf({ ...places, ...texts });
    expect(asking).toThrow(IpamError);
    expect(asking).toThrow(message);
  });
});
