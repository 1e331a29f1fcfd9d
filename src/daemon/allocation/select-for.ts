import type { Asked } from '../../dialects/asked.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import { leastUsedFirst } from '../../ipam/select/least-used.ts';
import { type Selection, selectPools } from '../../ipam/select/select.ts';
import type { Pool } from '../../resources/pool.ts';
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
  const request = { source, families, requested, consumer, keepsInBlocks: sources.leased.keeps };
  const wants = selectPools(request, catalog.pools);
  // Whoever names pools has said in which order.
  if (source.kind !== 'default' && source.kind !== 'purpose') return wants;
  const fullness = (pool: Pool): number => sources.of(pool).fullness(pool, consumer.node);
  return wants.map((want) => ({ ...want, candidates: leastUsedFirst(want.candidates, fullness) }));
}
