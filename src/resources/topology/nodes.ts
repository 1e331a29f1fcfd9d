import { prefixSize } from '../../ip/prefix.ts';
import { strictObject } from '../schema.ts';
import type { TopologyProblems } from './problems.ts';
import { readWith, requireObject } from './read-fields.ts';
import { type IpamNodeSpec, nodeId, nodeShape, placeId } from './schema.ts';
import { outward, type Path, type Place, placesById, placeTitle, type Topology } from './topology.ts';

/** What a node says of itself, and where it said so. */
export interface TopologyNode {
  readonly id: string;
  readonly spec: IpamNodeSpec;
  readonly path: Path;
  /** Does its TOR list it? Then there is one, whatever else is wrong with that. */
  readonly isListed: boolean;
}

const nodeSchema = strictObject({ id: nodeId, tor_id: placeId.optional(), ...nodeShape });

/**
 * A node as it stands in a list of nodes: its id alone, or an object.
 * @param tor the TOR that lists it; undefined: it must say so itself
 * @returns undefined when it cannot be read, and why is among the problems
 */
export function readNode(
  value: unknown,
  tor: string | undefined,
  path: Path,
  problems: TopologyProblems,
): TopologyNode | undefined {
  const fields = typeof value === 'string' ? { id: value } : value;
  if (requireObject(fields, path, problems, 'write the id of a node, or {"id": …, "tor_id": …}') === undefined)
    return undefined;
  const read = readWith(nodeSchema, fields, path, problems, []);
  if (read === undefined) return undefined;
  const { id, tor_id: named, ...rest } = read;
  if (named !== undefined && tor !== undefined && named !== tor) {
    problems.add(
      [...path, 'tor_id'],
      `node "${id}" says "${named}", and TOR "${tor}" lists it`,
      'leave tor_id out here',
    );
    return undefined;
  }
  const torId = named ?? tor;
  if (torId !== undefined) return { id, spec: { tor_id: torId, ...rest }, path, isListed: tor !== undefined };
  problems.add(path, `node "${id}": tor_id is missing`, 'name the TOR that the node is connected to');
  return undefined;
}

/** The rules between nodes, and between them and the places. */
export function checkNodes(nodes: readonly TopologyNode[], topology: Topology, problems: TopologyProblems): void {
  const tors = placesById(topology, 'tor');
  const seen = new Map<string, TopologyNode>();
  for (const node of nodes) {
    const other = seen.get(node.id);
    if (other !== undefined) {
      const where =
        other.spec.tor_id === node.spec.tor_id ? 'is there twice' : `is at TOR "${other.spec.tor_id}" already`;
      problems.add(node.path, `node "${node.id}" ${where}`, 'a node is connected to one TOR');
      continue;
    }
    seen.set(node.id, node);
    const tor = tors.get(node.spec.tor_id);
    if (tor !== undefined) checkPreferences(node, tor, problems);
    else if (!node.isListed) {
      problems.add(
        [...node.path, 'tor_id'],
        `node "${node.id}": no TOR has the id "${node.spec.tor_id}"`,
        `the topology has ${brief([...tors.keys()])}`,
      );
    }
  }
}

function checkPreferences({ id, spec, path }: TopologyNode, tor: Place, problems: TopologyProblems): void {
  const room = roomByPurpose(tor);
  const seen = new Set<string>();
  for (const [index, { purpose, min_available: least = 0 }] of (spec.subnet_preferences ?? []).entries()) {
    const at = [...path, 'subnet_preferences', index];
    const has = room.get(purpose);
    if (seen.has(purpose)) problems.add(at, `node "${id}" names purpose "${purpose}" twice`, 'keep one of them');
    else if (has === undefined) {
      problems.add(
        [...at, 'purpose'],
        `node "${id}" wants addresses for "${purpose}", and ${placeTitle(tor)} has no subnet for that`,
        `there is one for ${brief([...room.keys()])}`,
      );
    } else if (BigInt(least) > has) {
      problems.add(
        [...at, 'min_available'],
        `node "${id}" wants ${least} addresses for "${purpose}" free, and the subnets of ${placeTitle(tor)} have ${has}`,
        'ask for less, or give the TOR a larger subnet',
      );
    }
    seen.add(purpose);
  }
}

/** How many addresses the subnets have that a node at a TOR may use, by purpose. */
function roomByPurpose(tor: Place): ReadonlyMap<string, bigint> {
  const room = new Map<string, bigint>();
  for (const place of outward(tor)) {
    for (const { purpose, prefix } of place.subnets) room.set(purpose, (room.get(purpose) ?? 0n) + prefixSize(prefix));
  }
  return room;
}

function brief(ids: readonly string[]): string {
  if (ids.length === 0) return 'none';
  const shown = ids.slice(0, 5).map((id) => `"${id}"`);
  return ids.length > 5 ? `${shown.join(', ')} and ${ids.length - 5} more` : shown.join(', ');
}
