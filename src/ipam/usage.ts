import type { BlockUsage, PoolUsage } from './port.ts';

/** How full the addresses of one IP family are. */
export interface FamilyUsage {
  readonly family: 4 | 6;
  readonly blocks: number;
  readonly total: bigint;
  readonly used: bigint;
  readonly unknown: bigint;
  readonly coolingDown: number;
}

type Counts = Pick<BlockUsage, 'used' | 'unknown' | 'coolingDown'>;

/** Of one family. */
export function sumOf(usages: readonly Counts[]): Counts {
  return {
    used: usages.reduce((sum, { used }) => sum + used, 0n),
    unknown: usages.reduce((sum, { unknown }) => sum + unknown, 0n),
    coolingDown: usages.reduce((sum, { coolingDown }) => sum + coolingDown, 0),
  };
}

/**
 * IPv4 first; a family of which there is nothing is left out. Families are never added up: a single IPv6 block has so many
 * addresses that IPv4's exhaustion would not show in any sum.
 */
export function usageByFamily(
  blocks: readonly BlockUsage[],
  shared: readonly PoolUsage[] = [],
): readonly FamilyUsage[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = blocks.filter((block) => block.family === family);
    const parts = [...own, ...shared.filter((pool) => pool.family === family)];
    if (parts.length === 0) return [];
    return [
      {
        family,
        blocks: own.length,
        total: parts.reduce((sum, { total }) => sum + total, 0n),
        ...sumOf(parts),
      },
    ];
  });
}
