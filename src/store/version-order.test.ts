import { describe, expect, it } from 'vitest';
import { versionOrder } from './version-order.ts';

describe('versions of one store', () => {
  it('are ordered as they came, those of one transaction of etcd by their places', () => {
    const inOrder = ['0', '9', '10.0', '10.3', '10.12', '10.1000', '10', '11', '9007199254740993'];
    const order = inOrder.map(versionOrder);
    expect(order.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(order);
    expect(new Set(order).size).toBe(inOrder.length);
  });
});
