import { describe, expect, it } from 'vitest';
import { type NodePlaces, placeMismatch } from './topology-affinity.ts';

type Affinity = NonNullable<Parameters<typeof placeMismatch>[0]['topologyAffinity']>;

const here: NodePlaces = { zone: 'zone-a', pod: 'pod-1', tor: 'tor-1' };
const reason = (topologyAffinity: Affinity | undefined, places?: NodePlaces): string | undefined =>
  placeMismatch({ topologyAffinity }, 'node "node1"', places)?.();

describe('where a pool is for', () => {
  it.each<[string, Affinity | undefined, NodePlaces | undefined]>([
    ['everywhere, when it does not say', undefined, undefined],
    ['everywhere, when it names no place', { tor: [] }, undefined],
    ['the nodes of a TOR', { tor: ['tor-2', 'tor-1'] }, here],
    ['the nodes of a zone, whichever their TOR', { zone: ['zone-a'] }, here],
    ['places of several kinds that are all the node’s', { zone: ['zone-a'], tor: ['tor-1'] }, here],
  ])('%s', (_where, affinity, places) => {
    expect(reason(affinity, places)).toBeUndefined();
  });

  it.each<[string, Affinity, NodePlaces | undefined, string]>([
    ['another TOR', { tor: ['tor-2'] }, here, 'is for nodes in TOR "tor-2", and node "node1" is in TOR "tor-1"'],
    [
      'another zone, although the TOR is the node’s',
      { zone: ['zone-b'], tor: ['tor-1'] },
      here,
      'is for nodes in zone "zone-b", and node "node1" is in zone "zone-a"',
    ],
    [
      'some TOR, and nothing tells of which the node is',
      { tor: ['tor-1'] },
      undefined,
      'is for nodes in TOR "tor-1", and nothing tells in which TOR node "node1" is',
    ],
    [
      'some pod, where only the TOR is known; the first of many are shown',
      { pod: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      { tor: 'tor-1' },
      'is for nodes in pod "a", pod "b", pod "c", pod "d", pod "e", 2 more, and nothing tells in which pod node "node1" is',
    ],
  ])('not for %s', (_where, affinity, places, said) => {
    expect(reason(affinity, places)).toBe(said);
  });
});
