import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRangeSet } from '../ip/range-set.ts';
import { cellKinds, gridOf, hilbert, placeOf } from './cells.ts';

describe('a map', () => {
  it.each([
    ['10.0.0.0/29', { columns: 8, rows: 1, size: 1n, isHilbert: false }],
    ['10.0.0.0/24', { columns: 64, rows: 4, size: 1n, isHilbert: false }],
    ['10.0.0.0/20', { columns: 64, rows: 64, size: 1n, isHilbert: false }],
    ['10.0.0.0/19', { columns: 64, rows: 64, size: 2n, isHilbert: true }],
    ['10.0.0.0/18', { columns: 128, rows: 128, size: 1n, isHilbert: true }],
    ['10.0.0.0/12', { columns: 128, rows: 128, size: 64n, isHilbert: true }],
  ])('of %s is laid out', (subnet, grid) => {
    expect(gridOf(parsePrefix(subnet))).toEqual(grid);
  });

  it('tells of each cell what is with all its addresses', () => {
    const subnet = parsePrefix('10.0.0.0/18');
    const grid = { columns: 2, rows: 2, size: 4_096n, isHilbert: true };
    const held = parseRangeSet(['10.0.0.0/20', '10.0.16.0']);
    const free = parseRangeSet(['10.0.16.1-10.0.31.255', '10.0.32.0/20', '10.99.0.0/16']);
    expect(cellKinds(subnet, grid, held, free)).toEqual(['held', 'mixed', 'free', 'other']);
  });

  it('has neighbours beside one another on a curve, and every place once', () => {
    const side = 16;
    const places = Array.from({ length: side * side }, (_, index) => hilbert(side, index));
    expect(new Set(places.map(([x, y]) => y * side + x)).size).toBe(side * side);
    const steps = places.slice(1).map(([x, y], index) => {
      const [fromX, fromY] = places[index] ?? [0, 0];
      return Math.abs(x - fromX) + Math.abs(y - fromY);
    });
    expect(new Set(steps)).toEqual(new Set([1]));
    expect(placeOf({ columns: 64, rows: 4, size: 1n, isHilbert: false }, 65)).toEqual([1, 1]);
  });
});
