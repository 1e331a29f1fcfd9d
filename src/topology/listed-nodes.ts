import type { Fields } from '../resources/topology/read-fields.ts';
import type { Path } from '../resources/topology/topology.ts';

/** The nodes that a TOR lists, unread. */
export interface NodeList {
  readonly tor: string;
  readonly value: unknown;
  readonly path: Path;
}

/**
 * Takes the nodes that TORs list out of a topology. What is not as it should be stays, for whoever reads the rest to find; so does
 * every place where it was.
 */
export function listedByTors(body: Fields, at: Path): { readonly rest: Fields; readonly lists: readonly NodeList[] } {
  const lists: NodeList[] = [];
  const zones = eachIn(body, 'zones', at, (zone, zonePath) =>
    eachIn(zone, 'pods', zonePath, (pod, podPath) =>
      eachIn(pod, 'tors', podPath, (tor, torPath) => {
        if (!('nodes' in tor) || typeof tor.id !== 'string') return tor;
        const { nodes, ...rest } = tor;
        lists.push({ tor: tor.id, value: nodes, path: [...torPath, 'nodes'] });
        return rest;
      }),
    ),
  );
  return { rest: zones, lists };
}

function eachIn(holder: Fields, key: string, at: Path, change: (value: Fields, path: Path) => Fields): Fields {
  const list = holder[key];
  if (!Array.isArray(list)) return holder;
  return {
    ...holder,
    [key]: list.map((value: unknown, index) => (isObject(value) ? change(value, [...at, key, index]) : value)),
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
