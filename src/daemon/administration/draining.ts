import type { Draining, DrainState } from '../../ipam/drain.ts';
import type { AdministrationParts } from './administration-parts.ts';

type Parts = Pick<AdministrationParts, 'node' | 'drain' | 'ipam' | 'blocks'>;

/** Empties the daemon's node, and says how far that has come. */
export function drainingOf(parts: Parts): Draining {
  const state = (): DrainState => stateOf(parts);
  return {
    state,
    begin: (reason) => parts.drain.begin(reason).then(state),
    end: () => parts.drain.end().then(state),
  };
}

function stateOf({ node, drain, ipam, blocks }: Parts): DrainState {
  let held = 0;
  for (const allocation of ipam.ledger.all()) if (allocation.node === node) held += 1;
  return {
    node,
    drained: drain.drained,
    // What an ADD that began before takes is on record when it ends.
    attachments: Math.max(held, ipam.underway),
    blocks: blocks.all().flatMap(({ resource: { spec } }) => (spec.node === node ? [spec.cidr] : [])),
  };
}
