import { describe, expect, it } from 'vitest';
import { whyRefused } from './other-keys.ts';

const known = ['pools', 'ranges', 'nodeBlockSize', 'dns'];

describe('a key of ipam that nothing reads', () => {
  it.each([
    ["another plugin's way to name addresses", 'range_start', "Whereabouts' key: write ranges with rangeStart"],
    ['the same in other letters', 'Assign_IPv4', "Calico's key: write families"],
    ['a letter too few', 'pool', 'is pools meant?'],
    ['two letters exchanged', 'rnages', undefined],
    ['one letter exchanged', 'rangez', 'is ranges meant?'],
    ['two letters wrong in a long one', 'nodeBlokSze', 'is nodeBlockSize meant?'],
    ['three letters wrong', 'nodBlokSze', undefined],
    ['a letter wrong in a short one', 'dnz', undefined],
    ["another plugin's, about something else", 'mtu', undefined],
    ['a name that every object has', 'constructor', undefined],
  ])('%s', (_what, key, why) => expect(whyRefused(key, known)).toBe(why));
});
