import { IpamError } from '../resources/errors.ts';
import { checkLength } from '../resources/network-topology.ts';
import { checkNodes, readNode, type TopologyNode } from '../resources/topology/nodes.ts';
import { pathText, TopologyProblems } from '../resources/topology/problems.ts';
import { type Fields, requireList, requireObject, without } from '../resources/topology/read-fields.ts';
import { readTopology } from '../resources/topology/read-topology.ts';
import { type TopologySpec, topologySpecSchema } from '../resources/topology/schema.ts';
import type { Path, Topology } from '../resources/topology/topology.ts';
import { documentsOf } from './documents.ts';
import { listedByTors } from './listed-nodes.ts';

/** More than any data centre has. */
export const mostNodes = 100_000;

/** What a file says of a data centre's network. */
export interface LoadedTopology {
  /** As it is kept: without the nodes, which have objects of their own. */
  readonly spec: TopologySpec;
  readonly topology: Topology;
  readonly nodes: readonly TopologyNode[];
}

/** A line of a file and what is wrong there. */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** `zones[0].pods[1].cidr`; empty: the whole. */
  readonly where: string;
  readonly message: string;
  readonly advice: string;
}

/**
 * Reads a file of YAML or JSON in each form that there is: `zones`, or `topology` with `zones` in it; in the same document or in others
 * a `node`, or `nodes`; and nodes that their TOR lists.
 * @param source names the text in errors
 * @throws IpamError invalid-config with every problem and its line; `facts.problems` are the `FileProblem`s
 */
export function loadTopology(text: string, source: string): LoadedTopology {
  const parts = documentsOf(text, source);
  const problems = new TopologyProblems();
  const gathered = parts.map(({ value }, index) => readDocument(value, [index], problems));
  const [found, ...others] = gathered.flatMap(({ topology }) => topology ?? []);
  for (const { path } of others) problems.add(path, 'is a second topology in one file', 'put all zones into one');
  const nodes = gathered.flatMap((document) => document.nodes);
  if (found !== undefined) {
    checkNodes(nodes, found.topology, problems);
    checkLength(found.value, problems);
  } else if (problems.count === 0) {
    problems.add([0], 'has no topology', 'list the availability zones: zones: [{id: zone-a, pods: […]}]');
  }
  if (found !== undefined && problems.count === 0) {
    return { spec: topologySpecSchema.parse(found.value), topology: found.topology, nodes };
  }
  throw problemsError(problems, source, ([part = 0, ...path]) => parts[Number(part)]?.lineOf(path) ?? 1);
}

interface ReadDocument {
  readonly topology: { readonly value: Fields; readonly topology: Topology; readonly path: Path } | undefined;
  readonly nodes: readonly TopologyNode[];
}

const ofNodes = ['node', 'nodes'];

function readDocument(value: unknown, at: Path, problems: TopologyProblems): ReadDocument {
  const fields = requireObject(value, at, problems, 'write zones: […], topology: {zones: […]} or nodes: […]');
  if (fields === undefined) return { topology: undefined, nodes: [] };
  if ('apiVersion' in fields) {
    problems.add(at, 'is a manifest of Kubernetes', 'give it to ipam-cli apply -f, or leave all but its spec out');
    return { topology: undefined, nodes: [] };
  }
  const { body, path } = bodyOf(fields, at, problems);
  const single = fields.node === undefined ? [] : (readNode(fields.node, undefined, [...at, 'node'], problems) ?? []);
  const listed = nodesIn(fields.nodes, undefined, [...at, 'nodes'], problems);
  const own = [single, listed].flat();
  if (body === undefined) return { topology: undefined, nodes: own };
  const { rest, lists } = listedByTors(body, path);
  const inner = lists.flatMap((list) => nodesIn(list.value, list.tor, list.path, problems));
  return { topology: { value: rest, topology: readTopology(rest, problems, path), path }, nodes: [...own, ...inner] };
}

/** The topology of a document, which may stand in it or be it. */
function bodyOf(
  fields: Fields,
  at: Path,
  problems: TopologyProblems,
): { readonly body: Fields | undefined; readonly path: Path } {
  const rest = without(fields, ofNodes);
  const keys = Object.keys(rest);
  if (!('topology' in rest)) return { body: keys.length === 0 ? undefined : rest, path: at };
  for (const key of keys) {
    if (key === 'topology') continue;
    problems.add(
      [...at, key],
      `unknown key "${key}" beside topology; known keys: ${ofNodes.join(', ')}`,
      'put it into topology',
    );
  }
  const path = [...at, 'topology'];
  return { body: requireObject(rest.topology, path, problems, 'write zones: […] in it'), path };
}

function nodesIn(
  value: unknown,
  tor: string | undefined,
  path: Path,
  problems: TopologyProblems,
): readonly TopologyNode[] {
  return requireList(value, path, mostNodes, problems).flatMap(
    (one, index) => readNode(one, tor, [...path, index], problems) ?? [],
  );
}

/** In the order of the file. */
function problemsError(problems: TopologyProblems, source: string, lineOf: (path: Path) => number): IpamError {
  const lines: readonly FileProblem[] = problems.kept
    .map(({ path, ...rest }) => ({ line: lineOf(path), where: pathText(path.slice(1)), ...rest }))
    .sort((a, b) => a.line - b.line);
  const more = problems.count - lines.length;
  const texts = lines.map(({ line, where, message, advice }) => {
    const what = where === '' ? message : `${where}: ${message}`;
    return `${source}:${line}: ${what}${advice === '' ? '' : ` (${advice})`}`;
  });
  if (more > 0) texts.push(`${source}: ${more} more problems`);
  return new IpamError('invalid-config', texts.join('\n'), {
    facts: { source, count: problems.count, problems: lines },
  });
}
