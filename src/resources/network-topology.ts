import { IpamError } from './errors.ts';
import type { Resource } from './resource.ts';
import { withGrown } from './topology/grown.ts';
import { pathText, TopologyProblems } from './topology/problems.ts';
import { readTopology } from './topology/read-topology.ts';
import type { Topology } from './topology/topology.ts';

export const topologyKind = 'NetworkTopology';

/** There is one network, so there is one object: what must not overlap is decided in one write of it (decision 65). */
export const topologyName = 'default';

/** Characters of its JSON: an API server and etcd take 1.5 MiB in one request, with all that is around it. */
export const longestTopology = 1_000_000;

/** With the prefixes that the network was given by itself. @throws IpamError invalid-config, with all that is wrong, and where */
export function parseTopology({ metadata, spec, status }: Resource): Topology {
  const subject = `${topologyKind} "${metadata.name}"`;
  if (metadata.name !== topologyName) {
    throw new IpamError(
      'invalid-config',
      `${subject}: there is one network topology, and its name is "${topologyName}"`,
      {
        advice: `name it "${topologyName}", and put all zones into it`,
      },
    );
  }
  const problems = new TopologyProblems();
  const topology = readTopology(spec, problems, ['spec']);
  checkLength(spec, problems);
  if (problems.count === 0) return withGrown(topology, status);
  const lines = problems.kept.map(({ path, message }) => `${pathText(path)}: ${message}`);
  const more = problems.count - lines.length;
  const advice = [...new Set(problems.kept.map(({ advice }) => advice).filter((text) => text !== ''))].slice(0, 5);
  throw new IpamError(
    'invalid-config',
    `${subject}: ${lines.join('; ')}${more > 0 ? `; and ${more} more problems` : ''}`,
    { advice: advice.join('; '), facts: { subject, problems: lines } },
  );
}

/** One object must hold all of it. */
export function checkLength(spec: unknown, problems: TopologyProblems): void {
  const { length } = JSON.stringify(spec);
  if (length <= longestTopology) return;
  problems.add(
    [],
    `the topology has ${length} characters, more than ${longestTopology}`,
    'leave names and descriptions out: ids and prefixes of 4,000 TORs fit',
  );
}
