import type { Pool } from '../../resources/pool.ts';
import { type Level, levels, levelTitles, outward, type Place, placeTitle } from '../../resources/topology/topology.ts';
import type { Reason } from './rejection.ts';

/** The places of a node: the ids of its TOR, and of the pod and zone around it. What is not known is absent. */
export type NodePlaces = Readonly<Partial<Record<Level, string>>>;

/** Where a node is that is connected to a TOR. @param place of that; undefined: the topology has none of this id */
export function placesAt(tor: string, place: Place | undefined): NodePlaces {
  return { ...Object.fromEntries([...outward(place)].map(({ level, id }) => [level, id])), tor };
}

/**
 * Why the nodes of other places only may use a pool; undefined: this node may. Of several kinds of places that the pool names, one
 * of each must be the node's.
 * @param title what the reason calls the node
 */
export function placeMismatch(
  { topologyAffinity }: Pick<Pool, 'topologyAffinity'>,
  title: string,
  places: NodePlaces = {},
): Reason | undefined {
  for (const level of levels) {
    const ids = topologyAffinity?.[level] ?? [];
    if (ids.length === 0) continue;
    const id = places[level];
    if (id !== undefined && ids.includes(id)) continue;
    return () => `is for nodes in ${shown(level, ids)}, and ${whereIs(title, level, id)}`;
  }
  return undefined;
}

function whereIs(title: string, level: Level, id: string | undefined): string {
  return id === undefined
    ? `nothing tells in which ${levelTitles[level]} ${title} is`
    : `${title} is in ${placeTitle({ level, id })}`;
}

/** Longest list in a reason. */
const shownLimit = 5;

function shown(level: Level, ids: readonly string[]): string {
  const titles = ids.slice(0, shownLimit).map((id) => placeTitle({ level, id }));
  return ids.length > shownLimit ? `${titles.join(', ')}, ${ids.length - shownLimit} more` : titles.join(', ');
}
