import type { Claimant } from '../../ipam/claim/claimant.ts';
import { AddressSources } from './address-sources.ts';
import { LeasedSource, type LeasedSourceOptions } from './leased-source.ts';
import { QuotaGuard } from './quota-guard.ts';
import { SharedSource, type SharedSourceOptions } from './shared-source.ts';

export interface SourceParts
  extends Omit<SharedSourceOptions, 'quotas'>,
    Pick<LeasedSourceOptions, 'blocks' | 'history'> {
  readonly claimsInBlocks: LeasedSourceOptions['claims'];
  /** Do addresses of blocks stay with whom they are for? */
  readonly keepsInBlocks: boolean;
}

/** A daemon's sources of addresses: what a claim has out of a leased block is as of a shared pool. */
export function sourcesOf({ blocks, history, claimsInBlocks, keepsInBlocks, ...parts }: SourceParts): AddressSources {
  const { shared, fixed, catalog, clock, log } = parts;
  const quotas = new QuotaGuard(shared, clock);
  const claimed = new SharedSource({ ...parts, quotas });
  const keepsFor = (claimant: Claimant): boolean => keepsInBlocks && fixed.keepsFor(claimant);
  const leased = new LeasedSource({
    ...{
      blocks,
      catalog,
      clock,
      log,
      history,
      claims: claimsInBlocks,
      claimed,
      keepsFor,
      quotas,
      keeps: keepsInBlocks,
    },
  });
  return new AddressSources(leased, claimed);
}
