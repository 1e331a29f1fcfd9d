import type { Peers } from '../../../ipam/cluster-port.ts';
import { IpamError } from '../../../resources/errors.ts';

async function refuse(): Promise<never> {
  throw new IpamError('unsupported', 'daemons have no way to one another here');
}

/** Where no daemon can ask another. */
export const noPeers: Peers = {
  nodes: async () => [],
  blocks: refuse,
  page: refuse,
  find: refuse,
  check: refuse,
  explain: refuse,
  due: refuse,
  history: refuse,
  forecast: refuse,
};
