import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
});

it('docs/manifests.md shows these manifests (else: make generate)', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/manifests.md'), 'utf8');
  expect(page).toBe(manifestsPage());
});
