import type { Asked } from '../../dialects/asked.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import { type Selection, selectPools } from '../../ipam/select/select.ts';
import type { Catalog } from '../view/catalog.ts';
import type { AddressSources } from './address-sources.ts';

export interface SelectingParts {
  readonly catalog: Pick<Catalog, 'pools'>;
  readonly sources: AddressSources;
}

/** The choice of pools for what is asked for, as this daemon knows and keeps them. @throws IpamError as `selectPools` */
export function selectFor(
  { catalog, sources }: SelectingParts,
  source: SelectSource,
  { request: { families, requested }, consumer }: Pick<Asked, 'request' | 'consumer'>,
): readonly Selection[] {
  return selectPools({ source, families, requested, consumer, keepsInBlocks: sources.leased.keeps }, catalog.pools);
}
