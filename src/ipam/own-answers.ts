import type { Found, Subject } from './cluster-port.ts';
import type { Administration, BlockUsage } from './port.ts';

/** Blocks that a daemon keeps, of one node or of all. */
export async function ownBlocks(administration: Administration, node?: string): Promise<readonly BlockUsage[]> {
  return (await administration.blocks(node)).filter(({ daemon }) => daemon === administration.node);
}

/** What a daemon knows by itself. */
export async function findHere(administration: Administration, subject: Subject): Promise<Found> {
  if (subject.kind === 'address') {
    const { address } = subject;
    return { allocations: administration.holdersOf(address), state: await administration.stateOf(address) };
  }
  const allocations =
    subject.kind === 'container'
      ? administration.ofContainer(subject.id)
      : await administration.ofPod(subject.namespace, subject.name);
  return { allocations, state: undefined };
}
