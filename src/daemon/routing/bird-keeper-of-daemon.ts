import type { Store } from '../../store/store.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { OwnPlace } from '../view/own-place.ts';
import { BirdKeeper } from './bird-keeper.ts';
import { OwnNetwork } from './own-network.ts';

export interface KeeperParts {
  readonly store: Store;
  readonly blocks: BlockLeases;
  readonly ipam: NodeIpam;
  readonly place: Pick<OwnPlace, 'places'>;
}

/** @returns undefined: nobody asked for it */
export function birdKeeperOf(
  { bird, node, clock, pace, log }: DaemonOptions,
  { store, blocks, ipam, place }: KeeperParts,
): BirdKeeper | undefined {
  if (bird === undefined) return undefined;
  const network = new OwnNetwork({ node, tor: () => place.places.tor, store, clock, log });
  const { file, control } = bird;
  return new BirdKeeper({
    ...{ node, network, file, bird: control, blocks, clock, pace, log },
    ...{ ledger: ipam.ledger, events: ipam.events },
  });
}
