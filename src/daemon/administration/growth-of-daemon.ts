import { FollowedTopology } from '../../store/followed-topology.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { SubnetGrowth, type SubnetGrowthParts } from './subnet-growth.ts';

/** @returns undefined: this daemon judges no writes, and whoever does has subnets grow */
export function subnetGrowthOf(
  { judgedBy, clock, log }: DaemonOptions,
  parts: Omit<SubnetGrowthParts, 'topology' | 'store' | 'clock' | 'log'> & {
    readonly store: ConstructorParameters<typeof FollowedTopology>[0]['store'];
  },
): SubnetGrowth | undefined {
  if (judgedBy !== undefined) return undefined;
  const topology = new FollowedTopology({ store: parts.store, clock, log });
  return new SubnetGrowth({ ...parts, topology, clock, log });
}
