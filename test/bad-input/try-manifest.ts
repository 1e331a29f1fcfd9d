import { emptyRangeSet, parseRangeSet } from '../../src/ip/range-set.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { parseManifest } from '../../src/resources/manifest.ts';
import { parsePool, poolKind } from '../../src/resources/pool.ts';
import { requireAllowed, reviewWrite } from '../../src/resources/rules/review.ts';
import { parseSubnet, subnetKind } from '../../src/resources/subnet.ts';
import type { BadManifest } from './bad-manifest.ts';
import { heldAddresses, presentManifests } from './bad-manifests.ts';

const present = parseManifest(presentManifests, 'present');
const held = parseRangeSet(heldAddresses);
const facts = {
  pools: present.filter(({ kind }) => kind === poolKind).map(parsePool),
  subnets: present.filter(({ kind }) => kind === subnetKind).map(parseSubnet),
  heldIn: (pool: string) => (pool === 'blue' ? held : emptyRangeSet),
  heldAnywhere: () => held,
};

/** What the author of a manifest hears; nothing when it is taken. */
export function tryManifest({ manifest }: Pick<BadManifest, 'manifest'>) {
  try {
    for (const resource of parseManifest(manifest, 'new.yaml')) {
      const before = present.find(
        ({ kind, metadata }) => kind === resource.kind && metadata.name === resource.metadata.name,
      );
      if (before === undefined) requireAllowed(reviewWrite({ operation: 'create', resource }, facts));
      else requireAllowed(reviewWrite({ operation: 'update', before, resource }, facts));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    return { says: error.message, advice: error.advice };
  }
}
