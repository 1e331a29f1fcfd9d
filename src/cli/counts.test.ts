import { describe, expect, it } from 'vitest';
import { countData, percent } from './counts.ts';

describe('counts', () => {
  it.each([
    ['5', 5],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['18446744073709551614', '18446744073709551614'],
  ])('%s is the data %j', (digits, data) => expect(countData(digits)).toBe(data));

  it.each([
    ['0', '5', '0.0%'],
    ['5', '5', '100.0%'],
    ['1', '18446744073709551614', '<0.1%'],
    ['18446744073709551613', '18446744073709551614', '>99.9%'],
    ['2', '3', '66.7%'],
    ['0', '0', '-'],
  ])('%s of %s is %s', (used, total, text) => expect(percent(used, total)).toBe(text));
});
