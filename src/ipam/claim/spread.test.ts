import { describe, expect, it } from 'vitest';
import { spreadIndex } from './spread.ts';

describe('the place where a daemon begins', () => {
  it('lies within what there is, and is the same every time', () => {
    for (const count of [1n, 2n, 13n, 1n << 64n]) {
      const index = spreadIndex('node1', count);
      expect(index >= 0n && index < count).toBe(true);
      expect(spreadIndex('node1', count)).toBe(index);
    }
  });

  it('differs from node to node: a thousand names share few of a thousand places', () => {
    const places = new Set(Array.from({ length: 1_000 }, (_, index) => spreadIndex(`node-${index}`, 1_000n)));
    expect(places.size).toBeGreaterThan(500);
  });

  it('is not next to that of a neighbouring name', () => {
    const [one, two] = [spreadIndex('node1', 1n << 32n), spreadIndex('node2', 1n << 32n)];
    expect(Math.abs(Number(one - two))).toBeGreaterThan(2 ** 26);
  });
});
