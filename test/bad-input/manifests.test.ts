import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRangeSet } from '../../src/ip/range-set.ts';
import { completeResource } from '../../src/resources/complete.ts';
import { parseManifest } from '../../src/resources/manifest.ts';
import { parsePool, poolKind } from '../../src/resources/pool.ts';
import { reviewWrite } from '../../src/resources/rules/review.ts';
import { parseSubnet, subnetKind } from '../../src/resources/subnet.ts';
import { publishedManifests } from '../cluster/published-manifests.ts';
import { badManifests, presentManifests } from './bad-manifests.ts';
import { manifestsPage } from './manifests-page.ts';
import { tryManifest } from './try-manifest.ts';

describe('a manifest is refused, and its author told why, for', () => {
  it.each(badManifests.map((bad) => [bad.what, bad] as const))('%s', (_what, bad) => {
    const { says, advice = '' } = bad;
    expect(tryManifest(bad)).toEqual({ says, advice });
  });
});

describe('a manifest is taken', () => {
  it('when nothing changes', () => expect(tryManifest({ manifest: presentManifests })).toBeUndefined());

  it.each((publishedManifests as { metadata: { name: string } }[]).map((one) => [one.metadata.name, one] as const))(
    'as published: %s',
    (_name, one) => expect(tryManifest({ manifest: JSON.stringify(one) })).toBeUndefined(),
  );

  it('as published, among all the others', () => {
    const resources = parseManifest(JSON.stringify({ kind: 'List', items: publishedManifests }), 'published');
    const of = (kind: string) => resources.filter((resource) => resource.kind === kind);
    const facts = {
      pools: of(poolKind).map(parsePool),
      subnets: of(subnetKind).map(parseSubnet),
      heldIn: () => emptyRangeSet,
      heldAnywhere: () => emptyRangeSet,
    };
    for (const resource of resources) {
      expect(reviewWrite({ operation: 'create', resource }, facts).refusals).toEqual([]);
      const completed = completeResource(resource, of(subnetKind));
      expect(reviewWrite({ operation: 'create', resource: completed }, facts)).toMatchObject({
        refusals: [],
        warnings: [],
      });
    }
  });
});

it('docs/manifests.md shows these manifests (else: make generate)', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/manifests.md'), 'utf8');
  expect(page).toBe(manifestsPage());
});
