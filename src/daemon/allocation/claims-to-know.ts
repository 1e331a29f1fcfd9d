import { parseAddress } from '../../ip/address.ts';
import type { Attachment } from '../../ipam/attachment.ts';
import { isOfDaemon } from '../../ipam/claim/claim-state.ts';
import type { Claim } from '../../resources/claim.ts';
import { addressKey } from '../../resources/scope.ts';
import type { Catalog } from '../view/catalog.ts';
import type { LeasedPlaces } from './leased-places.ts';

export interface ClaimsToKnowFacts {
  /** This daemon's name. */
  readonly daemon: string;
  readonly catalog: Pick<Catalog, 'pool'>;
  readonly inBlocks?: LeasedPlaces;
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Attachment | undefined;
}

/** Which claims a daemon is to know in any case, also where it does not watch those of others. */
export class ClaimsToKnow {
  readonly #facts: ClaimsToKnowFacts;

  constructor(facts: ClaimsToKnowFacts) {
    this.#facts = facts;
  }

  isToKnow(claim: Claim): boolean {
    return this.isOfRecord(claim) || this.isInOwnBlock(claim);
  }

  /** What is parked is nobody's, but where it is on record here somebody has parked it by mistake. */
  isOfRecord(claim: Claim): boolean {
    const { daemon, holderOf } = this.#facts;
    return (
      isOfDaemon(claim, daemon) || (claim.spec.daemon === daemon && holderOf(addressKey(claim.spec)) !== undefined)
    );
  }

  /** What it is not to give, whoever has it. */
  isInOwnBlock({ spec }: Claim): boolean {
    const { catalog, inBlocks } = this.#facts;
    const pool = catalog.pool(spec.pool);
    return pool !== undefined && inBlocks?.hasOwn(pool, parseAddress(spec.address)) === true;
  }
}
